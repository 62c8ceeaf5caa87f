"""Connections: what waits for one, what holds one while a lock is in the way, and what gives up.

Work is whole microseconds. A quiet stretch is one Lindley recursion; where the backlog would outgrow the time-out, or
a lock is in the way, seconds are walked through one by one. Both give the same numbers where both apply, so it does
not matter how a stretch is cut.

- A request that finds more work before it than the pool can do within the time-out gives up when that time has
  passed: it fails in that second, unless the pool becomes faster before. All others are decided on as they arrive.
- A request whose statement waits for a lock keeps its connection, however long. When no connection is left, every
  request that needs this pool waits, and gives up at the time-out. When the lock goes, what holds or waits succeeds in
  that second. Requests with a cause to fail fail first: they neither hold nor wait.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.traffic.counts import Job, Span
from sim.traffic.ledger import GAVE_UP, PARKED, RELEASED, Ledger, Place
from sim.traffic.noise import Noise
from sim.traffic.plan import Connections

_LEAST_WALK_S = 16


class Party(NamedTuple):
    """Requests that arrived in one second and wait together."""

    arrived_s: int
    due_s: int
    place: Place
    demand_us: int
    requests: int
    lost: bool


class Line(NamedTuple):
    """A pool between two seconds."""

    backlog_us: int = 0
    held: tuple[Party, ...] = ()
    waiting: tuple[Party, ...] = ()


EMPTY = Line()


class Release(NamedTuple):
    """Requests that succeeded after a long wait."""

    second: int
    place: Place
    waited_s: int
    requests: int


def lindley(before: int, change: NDArray[np.int64]) -> NDArray[np.int64]:
    """The backlog after each second; whole numbers, so that it may be worked out in any pieces."""
    sums = np.cumsum(change)
    sums += before
    return sums - np.minimum(np.minimum.accumulate(sums), 0)


@dataclass
class Queue:
    """One pool of connections over a run."""

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

    def run(self, spans: Sequence[Span], jobs: Sequence[Job], ledger: Ledger, noise: Noise, settled_s: int) -> None:
        """Take the pool through these spans; lines are remembered where a change may still come in."""
        if not self.backlog_us.size:
            self.backlog_us = np.zeros(self.horizon_s, np.int64)
        self._lines = {second: line for second, line in self._lines.items() if second >= settled_s - 1}
        for start, stop, plan in spans:
            pool = next((pool for pool in plan.pools if pool.name == self.name), None)
            mine = [job for job in jobs if job.start < stop and job.stop > start and job.cell.pool == self.name]
            stage = _Stage(self, pool, mine, ledger, start)
            shakes = noise.shakes(f"work/{self.name}", start, stop)
            if pool is None or stage.stalled:
                stage.walk(shakes.tolist(), stop, settled_s, to_the_end=True)
            else:
                stage.flow(pool, shakes, stop, settled_s)

    def keep(self, second: int, line: Line, settled_s: int) -> None:
        """Move on to the next second."""
        self.line = line
        self.backlog_us[second] = line.backlog_us
        if second >= settled_s - 1 and (line.held or line.waiting):
            self._lines[second] = line


class _Stage:
    """A pool, and those who use it, between two changes."""

    def __init__(self, queue: Queue, pool: Connections | None, jobs: list[Job], ledger: Ledger, start: int) -> None:
        self.queue, self.pool, self.jobs, self.ledger, self.at = queue, pool, jobs, ledger, start
        self.start = start
        self.stalled = any(job.cell.stalled for job in jobs)
        self.stuck = {job.cell.row for job in jobs if job.cell.stalled}

    def flow(self, pool: Connections, shakes: NDArray[np.int64], stop: int, settled_s: int) -> None:
        """As far as possible in one go; second by second while somebody gives up."""
        capacity_us = pool.capacity_us(pool.servers)
        work = shakes * pool.shake_us
        for job in self.jobs:
            table = self.ledger.arrivals(job.cell.key)[:, job.cell.row, self.start : stop]
            work += (table[0] + table[1]) * np.int64(job.cell.demand_us)
        most_us = pool.most_us
        changes = work - capacity_us
        while self.at < stop:
            if self.queue.line.held or self.queue.line.waiting or self.queue.line.backlog_us > most_us:
                self.walk(shakes[self.at - self.start :].tolist(), stop, settled_s, to_the_end=False)
                continue
            backlog = lindley(self.queue.line.backlog_us, changes[self.at - self.start :])
            over = backlog > most_us
            calm_s = int(over.argmax()) if over.any() else len(backlog)
            if calm_s:
                self.queue.backlog_us[self.at : self.at + calm_s] = backlog[:calm_s]
                self.queue.line = Line(int(backlog[calm_s - 1]))
                self.at += calm_s
            if self.at < stop:
                self.walk(shakes[self.at - self.start :].tolist(), stop, settled_s, to_the_end=False)

    def walk(self, shakes: list[int], stop: int, settled_s: int, *, to_the_end: bool) -> None:
        """Second by second, until nobody waits."""
        least = self.at + _LEAST_WALK_S
        for shake in shakes:
            line = self._second(self.at, shake)
            self.queue.keep(self.at, line, settled_s)
            self.at += 1
            if self.at == stop or not (to_the_end or line.held or line.waiting or self.at < least):
                break

    def _second(self, second: int, shake: int) -> Line:
        line = self.queue.line
        now = _Second(second, line.backlog_us if self.pool else 0)
        for party in line.held:
            if party.place[0] in self.stuck:
                now.held.append(party)
            else:
                self._release(second, party)
        now.free = (self.pool.servers if self.pool else 0) - sum(party.requests for party in now.held)
        for party in line.waiting:
            if party.lost or now.free <= 0:
                now.waiting.append(party)
            else:
                self._admit(now, party)
        if now.free > 0 and self.pool is not None:
            self._serve(now, self.pool, shake)
        else:
            for job in self.jobs:
                self._wait(now, job, job.left_at(second))
        now.waiting = [party for party in now.waiting if not self._gives_up(second, party)]
        return Line(now.backlog_us, tuple(now.held), tuple(now.waiting))

    def _release(self, second: int, party: Party) -> None:
        row, key = party.place
        self.ledger.event(RELEASED, row, key)[second] += party.requests
        self.queue.releases.append(Release(second, party.place, second - party.arrived_s, party.requests))

    def _admit(self, now: "_Second", party: Party) -> None:
        """A connection is free again: the waiting go on, or come to wait for the lock themselves."""
        if party.place[0] not in self.stuck:
            self._release(now.second, party)
            now.backlog_us += party.requests * party.demand_us
            return
        taken = min(now.free, party.requests)
        now.held.append(party._replace(requests=taken))
        now.free -= taken
        if taken < party.requests:
            now.waiting.append(party._replace(requests=party.requests - taken))

    def _gives_up(self, second: int, party: Party) -> bool:
        """Nobody waits longer than the time-out."""
        if party.due_s > second:
            return False
        row, key = party.place
        self.ledger.event(GAVE_UP, row, key)[second] += party.requests
        return True

    def _wait(self, now: "_Second", job: Job, requests: int, *, lost: bool = False) -> None:
        if requests:
            now.waiting.append(self._park(now.second, job, requests, lost=lost))

    def _park(self, second: int, job: Job, requests: int, *, lost: bool = False) -> Party:
        """Some requests of this second are decided on later."""
        cell = job.cell
        job.take(second, requests)
        self.ledger.event(PARKED, cell.row, cell.key)[second] += requests
        due_s = second + (self.pool.timeout_s if self.pool else 0)
        return Party(second, due_s, (cell.row, cell.key), cell.demand_us, requests, lost)

    def _serve(self, now: "_Second", pool: Connections, shake: int) -> None:
        """A second with connections to be had."""
        most_us, before_us = pool.most_us, now.backlog_us
        work_us = shake * pool.shake_us - pool.capacity_us(now.free)
        served: list[tuple[Job, int]] = []
        for job in self.jobs:
            cell = job.cell
            if cell.stalled:
                self._stall(now, job)
            else:
                arrived = int(self.ledger.arrivals(cell.key)[:, cell.row, now.second].sum())
                served.append((job, arrived))
                work_us += arrived * cell.demand_us
        now.backlog_us = max(0, now.backlog_us + work_us)
        if now.backlog_us > most_us:
            self._turn_away(now, now.backlog_us - most_us, served)
            now.backlog_us = min(now.backlog_us, max(before_us, most_us + sum(job.cell.demand_us for job, _ in served)))
        else:
            self._call_back(now, most_us)

    def _stall(self, now: "_Second", job: Job) -> None:
        """Requests take what connections there are, and keep them."""
        left = job.left_at(now.second)
        taken = min(now.free, left)
        if taken:
            now.held.append(self._park(now.second, job, taken))
            now.free -= taken
        self._wait(now, job, left - taken)

    def _turn_away(self, now: "_Second", excess_us: int, served: list[tuple[Job, int]]) -> None:
        """Too much: a like share of everybody's requests will wait in vain, those with a cause to fail among them."""
        whole_us = sum(arrived * job.cell.demand_us for job, arrived in served)
        excess_us = min(excess_us, whole_us)
        passed_us = turned_us = waiting = 0
        waiting_exactly = 0.0
        for job, arrived in served:
            demand_us = job.cell.demand_us
            if arrived and demand_us:
                passed_us += arrived * demand_us
                turned = min(arrived, (passed_us * excess_us // whole_us - turned_us) // demand_us)
                turned_us += turned * demand_us
                left = job.left_at(now.second)
                waiting_exactly += turned * left / arrived
                wait = min(left, int(waiting_exactly + 0.5) - waiting)
                waiting += wait
                self._wait(now, job, wait, lost=True)
        now.backlog_us -= turned_us

    def _call_back(self, now: "_Second", most_us: int) -> None:
        """There is room again: those who waited in vain do not, first come first served."""
        waiting, now.waiting = now.waiting, []
        for party in waiting:
            room = (most_us - now.backlog_us) // max(1, party.demand_us) if party.lost else 0
            back = min(party.requests, max(0, room))
            if back:
                self._release(now.second, party._replace(requests=back))
                now.backlog_us += back * party.demand_us
            if back < party.requests:
                now.waiting.append(party._replace(requests=party.requests - back))


@dataclass
class _Second:
    """A second in the making."""

    second: int
    backlog_us: int
    free: int = 0
    held: list[Party] = field(default_factory=list)
    waiting: list[Party] = field(default_factory=list)
