"""What a path came to, in the figures by which paths are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.engine.endings import RESOLVED
from sim.result import Result
from sim.scenario.model import Scenario


@dataclass(frozen=True)
class Reached:
    """How a path ended, whom it hurt and what it cost.

    `hurt` are requests that failed beyond what fails on a good day, and those that succeeded to their user's harm.
    `damage` are rows lost, wrong or overwritten beyond what `done` allows.
    """

    outcome: str
    resolved_at_ms: int | None
    ended_at_ms: int
    total: int
    failed: int
    harmed: int
    hurt: int
    overdue: int
    damage: int
    data: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, result: Result, scenario: Scenario) -> "Reached":
        """The figures of a finished run."""
        harmed = result.requests["harmed"] + sum(int(job["harmed"]) for job in result.jobs.values())
        failed = result.requests["failed"]
        allowed = scenario.done.data.model_dump(exclude_none=True, exclude={"wrong"})
        return cls(
            outcome=result.outcome, resolved_at_ms=result.resolved_at_ms, ended_at_ms=result.ended_at_ms,
            total=result.requests["total"], failed=failed, harmed=harmed,
            hurt=failed - _everyday(result, scenario) + harmed,
            overdue=sum(int(job["overdue"]) for job in result.jobs.values()),
            damage=sum(max(0, count - allowed.get(kind, 0)) for kind, count in result.data.items()),
            data=dict(result.data),
        )  # fmt: skip

    @property
    def resolved(self) -> bool:
        return self.outcome == RESOLVED

    @property
    def rank(self) -> tuple[bool, int, int, int, int]:
        """Less is better: the end first, then what cannot be brought back, then whom it hurt, then how long it took."""
        lasted_ms = self.ended_at_ms if self.resolved_at_ms is None else self.resolved_at_ms
        return (not self.resolved, self.damage, self.hurt, self.overdue, lasted_ms)

    def as_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome, "resolved_at_ms": self.resolved_at_ms, "ended_at_ms": self.ended_at_ms,
            "requests": {"total": self.total, "failed": self.failed, "harmed": self.harmed}, "hurt": self.hurt,
            "overdue": self.overdue, "damage": self.damage, "data": dict(self.data),
        }  # fmt: skip


def _everyday(result: Result, scenario: Scenario) -> int:
    """Requests that failed as some do on a good day."""
    usual = {
        name: endpoint.background.cause
        for service in scenario.services.values()
        for name, endpoint in service.endpoints.items()
        if endpoint.background is not None
    }
    return sum(int(result.endpoints[name]["errors"].get(error, 0)) for name, error in usual.items())
