"""Who was hurt after being told that it was over."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.truth import ends, is_true
from sim.clock import MINUTE, show

name, axis, possible = "all_clear", Axis.USER_HARM, 15.0


def judge(run: Run) -> Finding:
    """The gap between claim and truth: a false all-clear costs half, and the rest by who was hurt after it."""
    false = [entry for entry in ends(run) if not is_true(run, entry)]
    if not false:
        return Finding(name, axis, possible, possible, "nobody was told that it was over while it was not")
    after = sum(run.curve[false[0].at_ms // MINUTE :])
    most = max(sum(run.curve), run.case.nothing.harm if run.case else 0.0, 1.0)
    why = f"{after:.0f} requests were hurt after the all-clear of {show(false[0].at_ms)}, which was not true"
    earned = possible / 2 * (1 - min(1.0, after / most))
    return Finding(name, axis, earned, possible, why, tuple(entry.seq for entry in false))
