"""Whether the decisions led anywhere."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import Ended

name, axis, possible = "reached", Axis.DECISIONS, 62.0


def judge(run: Run) -> Finding:
    """Resolved is computed: healthy for the time to hold, with everything true that has to be."""
    why = "the incident was resolved" if run.resolved else f"the incident was not resolved: {run.result.outcome}"
    evidence = tuple(entry.seq for entry in run.facts(Ended))
    return Finding(name, axis, possible * run.resolved, possible, why, evidence)
