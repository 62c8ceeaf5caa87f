"""A pool of connections over a run: in one go where it can be, second by second where it must be."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.traffic.counts import Job, Span
from sim.traffic.ledger import Ledger
from sim.traffic.noise import Noise
from sim.traffic.plan import Connections, Plan
from sim.traffic.waiting import EMPTY, Line, Party, Release, Walk

_LEAST_WALK_S = 16


def lindley(before: int, change: NDArray[np.int64]) -> NDArray[np.int64]:
    """The backlog after each second; whole numbers, so that it may be worked out in any pieces."""
    sums = np.cumsum(change)
    sums += before
    return sums - np.minimum(np.minimum.accumulate(sums), 0)


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring spans in which a pool is the same, and the same locks are in the way, perhaps of its own users."""

    start: int
    stop: int
    pool: Connections | None
    stuck: frozenset[int]
    blocked: bool


@dataclass
class Queue:
    """One pool of connections, at the second up to which it was taken."""

    name: str
    horizon_s: int
    line: Line = EMPTY
    backlog_us: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    releases: list[Release] = field(default_factory=list)
    _lines: dict[int, Line] = field(default_factory=dict)

    def rewind(self, second: int) -> None:
        """Go back to how things stood when this second began."""
        if not self.backlog_us.size:
            return
        before = self._lines.get(second - 1)
        if before is None:
            before = Line(int(self.backlog_us[second - 1])) if second else EMPTY
        self.line = before
        self.backlog_us[second:] = 0
        self._lines = {known: line for known, line in self._lines.items() if known < second}
        del self.releases[bisect_left(self.releases, second, key=lambda release: release.second) :]

    def held(self, second: int) -> tuple[Party, ...]:
        """Who has a connection and waits for a lock when this second begins, if counts have come so far."""
        line = self._lines.get(second - 1, EMPTY)
        return line.held

    def released(self, start: int, stop: int) -> list[Release]:
        """The releases of a window."""
        first, last = (
            bisect_left(self.releases, second, key=lambda release: release.second) for second in (start, stop)
        )
        return self.releases[first:last]

    def run(self, spans: Sequence[Span], jobs: Sequence[Job], ledger: Ledger, noise: Noise, settled_s: int) -> None:
        """Take the pool through these spans; lines are remembered where a change may still come in."""
        if not self.backlog_us.size:
            self.backlog_us = np.zeros(self.horizon_s, np.int64)
        self._lines = {second: line for second, line in self._lines.items() if second >= settled_s - 1}
        mine = sorted((job for job in jobs if job.cell.pool == self.name), key=lambda job: job.cell[:2])
        start, stop = spans[0][0], spans[-1][1]
        work_us = noise.shakes(f"work/{self.name}", start, stop).copy()
        for begin, end, plan in spans:
            pool = _pool(plan, self.name)
            work_us[begin - start : end - start] *= pool.shake_us if pool else 0
        shakes_us = work_us.copy()
        for job in mine:
            arrived = ledger.arrivals(job.cell.key)[:, job.cell.row, job.start : job.stop]
            work_us[job.start - start : job.stop - start] += (arrived[0] + arrived[1]) * np.int64(job.cell.demand_us)
        for stretch in _stretches(spans, self.name):
            here = slice(stretch.start - start, stretch.stop - start)
            walk = Walk(stretch.pool, stretch.stuck, mine, spans, ledger, noise, self.releases)
            self._cross(stretch, walk, work_us[here], shakes_us[here], settled_s)

    def _cross(
        self, stretch: _Stretch, walk: Walk, work_us: NDArray[np.int64], shakes_us: NDArray[np.int64], settled_s: int
    ) -> None:
        """As far as possible in one go; second by second while somebody waits."""
        at, pool = stretch.start, stretch.pool
        while at < stretch.stop:
            if pool is not None and not stretch.blocked and not self.line.held and not self.line.waiting:
                at = self._flow(at, pool, work_us[at - stretch.start :])
            until = at + _LEAST_WALK_S
            while at < stretch.stop and (stretch.blocked or self.line.held or self.line.waiting or at < until):
                self.line = walk.step(at, stretch.stop, self.line, int(shakes_us[at - stretch.start]))
                self.backlog_us[at] = self.line.backlog_us
                if at >= settled_s - 1 and (self.line.held or self.line.waiting):
                    self._lines[at] = self.line
                at += 1

    def _flow(self, at: int, pool: Connections, work_us: NDArray[np.int64]) -> int:
        """Up to the second in which somebody would have to wait too long."""
        backlog_us = lindley(self.line.backlog_us, work_us - pool.capacity_us(pool.servers))
        over = backlog_us > pool.most_us
        calm_s = int(over.argmax()) if over.any() else len(backlog_us)
        if calm_s and self.line.backlog_us <= pool.most_us:
            self.backlog_us[at : at + calm_s] = backlog_us[:calm_s]
            self.line = Line(int(backlog_us[calm_s - 1]))
            return at + calm_s
        return at


def _pool(plan: Plan, name: str) -> Connections | None:
    return next((pool for pool in plan.pools if pool.name == name), None)


def _stretches(spans: Sequence[Span], name: str) -> Iterator[_Stretch]:
    latest: _Stretch | None = None
    for start, stop, plan in spans:
        pool = _pool(plan, name)
        alike = pool._replace(shake_us=0, calm=False) if pool else None
        blocked = any(cell.stalled and cell.pool == name for cell in plan.cells)
        if latest is not None and (latest.pool, latest.stuck, latest.blocked) == (alike, plan.stalled, blocked):
            latest = replace(latest, stop=stop)
        else:
            if latest is not None:
                yield latest
            latest = _Stretch(start, stop, alike, plan.stalled, blocked)
    if latest is not None:
        yield latest
