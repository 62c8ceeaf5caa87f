"""What the charts draw: sums of counts in pieces of ten seconds, gathered once and kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.clock import SECOND
from sim.facts import JobRan, RolloutBegan, Watched, WorkDue
from tui.views.plot import Chart, Mark

if TYPE_CHECKING:
    from sim.session import Session

PIECE_S = 10
PIECE_MS = PIECE_S * SECOND


@dataclass
class _Scope:
    """One endpoint, or all of them: a number for each whole piece of the run."""

    total: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    p99_ms: dict[int, int] = field(default_factory=dict)


class Gauges:
    """Reads a session's counts; what it has read of the past stays."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._scopes: dict[str | None, _Scope] = {}
        self._read, self._deployed_ms = 0, None
        self._open: dict[str, list[tuple[int, int]]] = {}
        self._watched: dict[str, list[tuple[int, float]]] = {}
        self._first_ms: int | None = None
        scenario = session.loaded.scenario
        self.slo = scenario.slo
        self.endpoints = tuple(name for service in scenario.services.values() for name in service.endpoints)

    def charts(self, scope: str | None, span_ms: int, marks: Sequence[Mark]) -> tuple[Chart, ...]:
        """The four charts of the system on one time axis, then one for each job and each kept query."""
        self._follow()
        now = self._session.engine.now_ms
        start = max(0, now - span_ms) // PIECE_MS * PIECE_MS
        end = start + span_ms
        first, pieces, known = start // PIECE_MS, span_ms // PIECE_MS, now // PIECE_MS
        one = self._counted(scope, known)
        self._latencies(scope, one, first, known)
        shares = [_share(failed, total) for failed, total in zip(one.failed, one.total, strict=True)]
        usual = self._usual(one)
        bound = None if self.slo is None else round(100 - self.slo.target, 6)
        shown = tuple(mark for mark in marks if start <= mark.at_ms < end)
        of = f"of requests to {scope}" if scope else "of all requests"

        def chart(name: str, of: str, unit: str, values: Sequence[float | None], before: float | None = None,
                  bound: float | None = None) -> Chart:  # fmt: skip
            window = [
                values[at] if first <= at < min(known, len(values)) else None for at in range(first, first + pieces)
            ]
            return Chart(name, of, unit, tuple(window), start, end, bound, before, shown)

        p99 = [one.p99_ms.get(at) for at in range(known)]
        rate = [total / PIECE_S for total in one.total]
        return (
            chart("errors", of, " %", shares, usual.get("errors"), bound),
            chart("p99", "time of requests", " ms", p99, usual.get("p99")),
            chart("requests", "a second", "/s", rate, usual.get("rate")),
            chart("waiting", "for a lock or a connection", "", one.waiting, usual.get("waiting")),
            *(
                chart(f"{name} open", "items of the job", "", _stepped(steps, known))
                for name, steps in self._open.items()
            ),
            *(chart(name, "kept query", "", _stepped(steps, known)) for name, steps in self._watched.items()),
        )

    def _follow(self) -> None:
        """Take note of what the journal says about jobs, kept queries and the first deploy."""
        entries = self._session.journal.entries
        for entry in entries[self._read :]:
            match entry.fact:
                case RolloutBegan() if self._first_ms is None:
                    self._first_ms = entry.at_ms
                case WorkDue(job=job, count=count):
                    self._step(job, entry.at_ms, count)
                case JobRan(job=job, total=total, failed=failed) if job in self._open:
                    self._step(job, entry.at_ms, failed - total)
                case Watched(called=called, value=value, gap=gap) if not gap:
                    self._watched.setdefault(called, []).append((entry.at_ms, _number(value)))
                case _:
                    pass
        self._read = len(entries)

    def _step(self, job: str, at_ms: int, more: int) -> None:
        steps = self._open.setdefault(job, [])
        steps.append((at_ms, max(0, (steps[-1][1] if steps else 0) + more)))

    def _counted(self, scope: str | None, known: int) -> _Scope:
        one = self._scopes.setdefault(scope, _Scope())
        have, traffic = len(one.total), self._session.engine.traffic
        if have < known:
            start, stop = have * PIECE_S, known * PIECE_S
            one.total += _pieces(traffic.total(scope, start, stop).tolist())
            one.failed += _pieces(traffic.failed(scope, start, stop).tolist())
            one.waiting += traffic.in_flight(scope, start, stop).tolist()[PIECE_S - 1 :: PIECE_S]
        return one

    def _latencies(self, scope: str | None, one: _Scope, first: int, known: int) -> None:
        traffic = self._session.engine.traffic
        for at in range(first, known):
            if at not in one.p99_ms:
                one.p99_ms[at] = traffic.latency(scope, at * PIECE_S, (at + 1) * PIECE_S).p99_ms

    def _usual(self, one: _Scope) -> dict[str, float]:
        """What was usual before the first release went out; nothing, until there is a minute of it."""
        last = (self._session.engine.now_ms if self._first_ms is None else self._first_ms) // PIECE_MS
        pieces = min(last, len(one.total))
        if pieces * PIECE_S < 30:
            return {}
        total, failed = sum(one.total[:pieces]), sum(one.failed[:pieces])
        slow = sorted(one.p99_ms[at] for at in range(pieces) if at in one.p99_ms)
        usual = {
            "errors": _share(failed, total) or 0.0,
            "rate": total / (pieces * PIECE_S),
            "waiting": sum(one.waiting[:pieces]) / pieces,
        }
        return {**usual, **({"p99": float(slow[len(slow) // 2])} if slow else {})}


def _share(failed: int, total: int) -> float | None:
    return 100 * min(failed, total) / total if total else (100.0 if failed else None)


def _pieces(counts: Sequence[int]) -> list[int]:
    return [sum(counts[at : at + PIECE_S]) for at in range(0, len(counts), PIECE_S)]


def _stepped(steps: Sequence[tuple[int, float]], known: int) -> list[float | None]:
    """The last value at the end of each piece."""
    values: list[float | None] = []
    at, value = 0, None
    for piece in range(known):
        while at < len(steps) and steps[at][0] < (piece + 1) * PIECE_MS:
            value, at = steps[at][1], at + 1
        values.append(value)
    return values


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
