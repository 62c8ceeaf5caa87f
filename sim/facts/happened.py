"""What happened by itself: alerts, messages, faults, jobs, the end."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sim.facts.base import BaseFact


@dataclass(frozen=True, kw_only=True)
class AlertFired(BaseFact):
    alert: str
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class AlertCleared(BaseFact):
    alert: str


@dataclass(frozen=True, kw_only=True)
class MessageArrived(BaseFact):
    sender: str
    text: str
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class FaultBegan(BaseFact):
    fault: str
    arguments: dict[str, Any]
    number: int


@dataclass(frozen=True, kw_only=True)
class FaultLifted(BaseFact):
    number: int


@dataclass(frozen=True, kw_only=True)
class TimePassed(BaseFact):
    """The calendar went ahead of the clock; nothing is counted in between."""

    jump_ms: int
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class WorkDue(BaseFact):
    """So many new items of a job became due, to be done by a moment."""

    job: str
    count: int
    by_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class JobRan(BaseFact):
    """A job went through its open items; `late` of those that are done now were overdue."""

    job: str
    total: int
    failed: int
    harmed: int
    errors: dict[str, int]
    late: int = 0


@dataclass(frozen=True, kw_only=True)
class WorkOverdue(BaseFact):
    """The deadline of some items passed, and so many of them are not done."""

    job: str
    count: int
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Ended(BaseFact):
    """The run is over, and how."""

    outcome: str
    resolved_at_ms: int | None = None
    news: ClassVar[bool] = True
