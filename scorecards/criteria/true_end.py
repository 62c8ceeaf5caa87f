"""Whether the end was claimed when it was true."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.truth import is_true
from sim.facts import Claimed

name, axis, possible = "true_end", Axis.DECISIONS, 4.0


def judge(run: Run) -> Finding:
    """Each claim that it is resolved, held against what was computed."""
    claims = run.facts(Claimed)
    false = [entry for entry in claims if not is_true(run, entry)]
    if not false:
        return Finding(
            name, axis, possible, possible, "the end was never claimed too soon", tuple(e.seq for e in claims)
        )
    why = f"{len(false)} of {len(claims)} claims that it was resolved were not true"
    return Finding(name, axis, 0.0, possible, why, tuple(entry.seq for entry in false))
