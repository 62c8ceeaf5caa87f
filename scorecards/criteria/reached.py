"""Whether the decisions led anywhere."""

from scorecards.criteria.looked_first import blindly
from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import Ended

FREE = 8
"""So many deeds need no look to be somebody's decision."""
name, axis, possible = "reached", Axis.DECISIONS, 62.0


def judge(run: Run) -> Finding:
    """Resolved is computed: healthy, and all true that has to be; who tried everything has not decided on it."""
    evidence = tuple(entry.seq for entry in run.facts(Ended))
    if not run.resolved:
        why = f"the incident was not resolved: {run.result.outcome}"
        return Finding(name, axis, 0.0, possible, why, evidence)
    deeds, blind = run.deeds, blindly(run)
    share = min(1.0, (len(deeds) - len(blind) + FREE) / max(1, len(deeds)))
    why = "the incident was resolved" + (
        "" if share == 1 else f", by {len(deeds)} deeds of which {len(blind)} were blind"
    )
    return Finding(name, axis, possible * share, possible, why, evidence)
