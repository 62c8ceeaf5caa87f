"""Whether what was done made it worse."""

from scorecards.figures import worse_than
from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.scales import slack
from sim.clock import MINUTE

name, axis, possible = "no_worse", Axis.DECISIONS, 10.0
LOT = 0.05


def judge(run: Run) -> Finding:
    """Requests hurt in minutes that were worse than without anybody's doing, beyond what the good way has of them."""
    if run.case is None or not run.case.curve:
        return Finding(name, axis, 0.0, 0.0, "nobody knows what doing nothing would cost")
    worse = run.figures.worse
    excess = max(0.0, worse - slack(run.case.expert.worse))
    lot = LOT * max(run.case.nothing.harm, LOT * run.result.requests["total"], 1.0)
    minutes = worse_than(list(run.curve), list(run.case.curve))
    began = next((minute for minute, more in enumerate(minutes) if more), None)
    why = f"{worse:.0f} requests were hurt beyond what doing nothing would have cost at that time"
    evidence = () if began is None or not excess else _before(run, (began + 1) * MINUTE)
    return Finding(name, axis, possible * lot / (lot + excess), possible, why, evidence)


def _before(run: Run, at_ms: int) -> tuple[int, ...]:
    """The last thing that was done before a moment."""
    return tuple(move.seq for move in run.deeds if move.at_ms < at_ms)[-1:]
