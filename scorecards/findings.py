"""What is said of a run: findings on five axes, a score and a band for each, and a total for grade books."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

PASS_MARK = 60.0


class Axis(StrEnum):
    """What a run is judged by, side by side."""

    USER_HARM = "user_harm"
    DATA_HARM = "data_harm"
    DECISIONS = "decisions"
    DIAGNOSIS = "diagnosis"
    COMMUNICATION = "communication"


class Band(StrEnum):
    """Performed, some gaps, major gaps, unable."""

    P = "P"
    S = "S"
    M = "M"
    U = "U"


_BANDS = ((80.0, Band.P), (60.0, Band.S), (40.0, Band.M))


def band(score: float) -> Band:
    """The band of a score between 0 and 100."""
    return next((one for least, one in _BANDS if score >= least), Band.U)


@dataclass(frozen=True)
class Finding:
    """One criterion's answer: points, one sentence with the figures, and the journal entries it rests on."""

    criterion: str
    axis: Axis
    earned: float
    possible: float
    why: str
    evidence: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "earned": round(self.earned, 2), "evidence": list(self.evidence)}


@dataclass(frozen=True)
class AxisScore:
    """Points of an axis, from 0 to 100."""

    score: float
    band: Band

    @classmethod
    def of(cls, findings: "tuple[Finding, ...]") -> "AxisScore":
        """The share of the possible points that was earned."""
        possible = sum(one.possible for one in findings)
        score = round(100 * sum(one.earned for one in findings) / possible, 1) if possible else 0.0
        return cls(score, band(score))


@dataclass(frozen=True)
class Card:
    """The grade of one run. `hints` is what the hints that were taken cost of the total."""

    axes: Mapping[Axis, AxisScore]
    score: float
    passed: bool
    findings: tuple[Finding, ...] = field(default=())
    hints: float = 0.0

    def number(self, axis: str) -> float:
        """The score of an axis, or the total."""
        return self.score if axis == "total" else self.axes[Axis(axis)].score

    def as_json(self) -> dict[str, Any]:
        """The part of `rehearse run --json` that judges."""
        return {
            "axes": {axis.value: {"score": one.score, "band": one.band.value} for axis, one in self.axes.items()},
            "score": self.score,
            "passed": self.passed,
            "findings": [one.as_json() for one in self.findings],
        }
