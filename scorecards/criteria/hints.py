"""What hints cost."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import HintTaken

name, axis, possible = "hints", Axis.DIAGNOSIS, 0.0


def judge(run: Run) -> Finding:
    """Each hint has its price in points of the total, which the grade takes off; here it stands what was taken."""
    taken = run.facts(HintTaken)
    why = f"{len(taken)} hints cost {price(run):g} points of the total" if taken else "no hint was taken"
    return Finding(name, axis, 0.0, possible, why, tuple(entry.seq for entry in taken))


def price(run: Run) -> float:
    """The points that the hints of a run cost."""
    return float(sum(getattr(entry.fact, "price", 0) for entry in run.facts(HintTaken)))
