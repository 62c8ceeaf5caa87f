"""Whether others were called in."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import FixOrdered, Paged

name, axis, possible = "roles", Axis.COMMUNICATION, 10.0


def judge(run: Run) -> Finding:
    """Somebody was paged, or asked for a fix, where there is somebody to ask."""
    if not run.scenario.people:
        return Finding(name, axis, 0.0, 0.0, "there is nobody to call")
    called = run.facts(Paged, FixOrdered)
    why = f"{len(called)} people were called in or asked for something" if called else "nobody was called in"
    return Finding(name, axis, possible * bool(called), possible, why, tuple(entry.seq for entry in called))
