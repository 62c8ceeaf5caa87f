"""Whether somebody looked around before touching anything."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import Looked

name, axis, possible = "before", Axis.DIAGNOSIS, 15.0
ENOUGH = 2


def judge(run: Run) -> Finding:
    """Different things that were read before the first deed; two are a beginning, and full marks."""
    first = run.deeds[0].seq if run.deeds else len(run.entries)
    looks = [entry for entry in run.facts(Looked) if entry.seq < first]
    kinds = {entry.fact.what for entry in looks if isinstance(entry.fact, Looked)}
    earned = possible * min(1.0, len(kinds) / ENOUGH)
    why = f"{len(kinds)} different things were read before the first deed"
    return Finding(name, axis, earned, possible, why, tuple(entry.seq for entry in looks))
