"""What a run cost, as plain numbers that two runs can be compared by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt

from sim.clock import MINUTE, SECOND
from sim.result import Result
from sim.scenario.model import Scenario

MINUTE_S = MINUTE // SECOND
SIGMAS = 3.0


@dataclass(frozen=True)
class Figures:
    """The cost of a run: requests hurt beyond the background, work not done in time, rows, minutes.

    `burn` is the worst endpoint's share of all requests of the story that were hurt; `worse` what was hurt in minutes
    that were worse than without anybody's doing, and beyond it.
    """

    harm: float = 0.0
    burn: float = 0.0
    work: float = 0.0
    lost: float = 0.0
    overwritten: float = 0.0
    wrong: Mapping[str, float] = field(default_factory=dict)
    minutes: float = 0.0
    worse: float = 0.0


def figures(result: Result, scenario: Scenario, limit_ms: int) -> Figures:
    """What a run that has ended cost."""
    resolved = result.resolved_at_ms
    wrong = dict(result.wrong) or ({"rows": result.data["rows_wrong"]} if result.data["rows_wrong"] else {})
    return Figures(
        harm=sum(hurt_by_minute(result, scenario)),
        burn=max((_burn(result, name, quiet, limit_ms) for name, quiet in backgrounds(scenario).items()), default=0.0),
        work=sum(job["overdue"] + job["harmed"] + min(job["open"], job["failed"]) for job in result.jobs.values()),
        lost=result.data["rows_lost"],
        overwritten=result.data["rows_overwritten"],
        wrong=wrong,
        minutes=(limit_ms if resolved is None else resolved) / MINUTE,
    )


def backgrounds(scenario: Scenario) -> dict[str, float]:
    """The share of each endpoint's requests that fails on any day."""
    return {
        name: endpoint.background.errors if endpoint.background else 0.0
        for service in scenario.services.values()
        for name, endpoint in service.endpoints.items()
    }


def _burn(result: Result, endpoint: str, quiet: float, limit_ms: int) -> float:
    """What ends early has burnt no more: the share is of the requests up to the end of the story."""
    counts = result.endpoints.get(endpoint)
    if not counts or not counts["total"]:
        return 0.0
    share = (counts["failed"] + counts["harmed"]) / counts["total"]
    return max(0.0, float(share) - quiet) * result.ended_at_ms / limit_ms


def hurt_by_minute(result: Result, scenario: Scenario) -> list[float]:
    """Requests that failed beyond the background, or hurt their user, minute by minute up to the end."""
    end = result.ended_at_ms // SECOND
    hurt = [0.0] * -(-end // MINUTE_S)
    for name, quiet in backgrounds(scenario).items():
        for minute, (total, failed, harmed) in enumerate(_minutes(result, name, end)):
            hurt[minute] += _beyond(failed, total * quiet) + harmed
    return hurt


def _beyond(failed: float, usual: float) -> float:
    """What failed beyond what usually does; chance alone is nobody's doing."""
    return failed - usual if failed > usual + SIGMAS * sqrt(max(usual, 1.0)) else 0.0


def _minutes(result: Result, endpoint: str, end: int) -> Iterator[tuple[int, int, int]]:
    for start in range(0, end, MINUTE_S):
        tally = result.traffic.tally(endpoint, start, min(end, start + MINUTE_S))
        yield tally.total, tally.failed, tally.harmed


def worse_than(curve: list[float], other: list[float]) -> list[float]:
    """Minute by minute, how much more was hurt than in another run, chance aside."""
    padded = [*other, *[0.0] * (len(curve) - len(other))]
    return [
        max(0.0, ours - theirs - SIGMAS * sqrt(max(theirs, 1.0))) for ours, theirs in zip(curve, padded, strict=False)
    ]
