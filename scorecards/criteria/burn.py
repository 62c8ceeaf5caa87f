"""How much of the error budget went."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.scales import between
from sim.clock import DAY

name, axis, possible = "burn", Axis.USER_HARM, 5.0
LOT = 0.01
PARTS = 1e6


def judge(run: Run) -> Finding:
    """The endpoint that was hurt worst, by the share of its requests: a small one counts as much as a busy one."""
    good, nothing = (run.case.expert.burn, run.case.nothing.burn) if run.case else (0.0, 10 * LOT)
    share = run.figures.burn
    earned = possible * between(share * PARTS, good * PARTS, nothing * PARTS, LOT * PARTS)
    why = f"the endpoint that was hurt worst lost {share:.2%} of its requests"
    if (slo := run.scenario.slo) is not None:
        budget = share * run.scenario.clock.limit / slo.window / (1 - slo.target / 100)
        why += f", {budget:.0%} of its error budget for {slo.window / DAY:.0f} days"
    return Finding(name, axis, earned, possible, why)
