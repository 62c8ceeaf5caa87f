"""How soon it was over."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.clock import MINUTE, show
from sim.facts import Ended

name, axis, possible = "restored", Axis.USER_HARM, 30.0
AT_THE_END = 0.5
"""The share for whoever gets there at the last minute."""


def judge(run: Run) -> Finding:
    """The time at which everything was well for good, between the expert's and the end of the story."""
    evidence = tuple(entry.seq for entry in run.facts(Ended))
    if run.result.resolved_at_ms is None:
        return Finding(name, axis, 0.0, possible, "it was never resolved", evidence)
    minutes, limit = run.figures.minutes, run.scenario.clock.limit / MINUTE
    good = run.case.expert.minutes + 1 if run.case else limit / 2
    late = min(1.0, max(0.0, minutes - good) / max(1.0, limit - good))
    earned = possible * (1 - (1 - AT_THE_END) * late)
    known = f"; the expert's play has it after {run.case.expert.minutes:.0f} minutes" if run.case else ""
    return Finding(name, axis, earned, possible, f"resolved at {show(run.result.resolved_at_ms)}{known}", evidence)
