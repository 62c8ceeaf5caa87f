"""Every criterion, by axis and in the order in which it is told."""

from typing import Protocol

from scorecards.criteria import (
    all_clear,
    before,
    burn,
    cadence,
    calibration,
    contingency,
    evidence,
    harm,
    hints,
    knowing,
    looked_first,
    lost,
    made,
    named,
    no_worse,
    plan,
    reached,
    restored,
    roles,
    severity,
    steady,
    true_end,
    truthful,
    work,
    wrong,
)  # fmt: skip
from scorecards.findings import Axis, Finding
from scorecards.run import Run


class Criterion(Protocol):
    """A module with a question."""

    name: str
    axis: Axis
    possible: float

    def judge(self, run: Run) -> Finding: ...


CRITERIA: tuple[Criterion, ...] = (
    harm, burn, work, restored, all_clear,
    lost, wrong, made,
    reached, no_worse, looked_first, knowing, contingency, true_end, steady,
    evidence, before, named, calibration, hints,
    severity, cadence, truthful, roles, plan,
)  # fmt: skip
NAMES = tuple(one.name for one in CRITERIA)
