"""A run's card: every criterion asked, axes scored, and one total for grade books."""

from collections.abc import Callable
from functools import lru_cache

from scorecards.criteria.catalogue import CRITERIA
from scorecards.criteria.hints import price
from scorecards.criteria.sql import judge_all
from scorecards.findings import PASS_MARK, Axis, AxisScore, Card
from scorecards.run import Run
from sim.result import Result
from sim.session import Session

NOT_RESOLVED_MAX = PASS_MARK - 1
"""What is not resolved does not pass, however well it was looked at and spoken of."""


def grade(run: Run) -> Card:
    """Judge a run; the axes stand side by side, and the total is their mean by the key's weights."""
    findings = (*(one.judge(run) for one in CRITERIA), *judge_all(run))
    axes = {axis: AxisScore.of(tuple(one for one in findings if one.axis is axis)) for axis in Axis}
    given = dict(run.key.weights) if run.key else {}
    weights = {axis: given.get(axis.value, 0) if given else 1 for axis in Axis}
    mean = sum(weights[axis] * one.score for axis, one in axes.items()) / max(1, sum(weights.values()))
    hints = price(run)
    most = 100.0 if run.resolved else NOT_RESOLVED_MAX
    score = round(min(most, max(0.0, mean - hints)), 1)
    return Card(axes, score, run.resolved and score >= PASS_MARK, findings, hints)


def asked(session: Session, result: Result) -> Callable[[str], float]:
    """The points of a run that has just ended, by axis; it is judged when somebody asks for the first of them."""

    @lru_cache(maxsize=1)
    def card() -> Card:
        return grade(Run.of(session, result))

    return lambda axis: card().number(axis)
