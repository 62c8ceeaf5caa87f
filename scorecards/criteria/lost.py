"""Rows that are gone."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.scales import falling
from sim.facts import BackfillEnded, DatabaseRestored, StatementRan

name, axis, possible = "lost", Axis.DATA_HARM, 40.0
LOT = 1000.0


def judge(run: Run) -> Finding:
    """Facts that operators destroyed, and rows of users that they overwrote, beyond what the good way costs."""
    good = run.case.expert.lost + run.case.expert.overwritten if run.case else 0.0
    worst = run.case.worst("lost") + run.case.worst("overwritten") if run.case else LOT
    lost, overwritten = run.figures.lost, run.figures.overwritten
    earned = possible * falling(lost + overwritten - good, worst - good or LOT)
    evidence = tuple(
        entry.seq
        for entry in run.facts(StatementRan, BackfillEnded, DatabaseRestored)
        if getattr(entry.fact, "lost", 0) or getattr(entry.fact, "overwritten", 0)
    )
    why = f"{lost:.0f} rows lost what they held, {overwritten:.0f} that users wrote were overwritten"
    return Finding(name, axis, earned, possible, why, evidence)
