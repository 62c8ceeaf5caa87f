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

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.traffic.counts import Job
from sim.traffic.ledger import GAVE_UP, PARKED, RELEASED, Ledger, Place
from sim.traffic.plan import Connections

_PAGE_S = 128


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


class _Served(NamedTuple):
    """One cell in one second: what arrived, what of it has not failed, and what each request asks for."""

    job: Job
    arrived: int
    left: int
    demand_us: int


@dataclass
class _Second:
    """A second in the making."""

    second: int
    backlog_us: int
    free: int = 0
    held: list[Party] = field(default_factory=list)
    waiting: list[Party] = field(default_factory=list)


class Walk:
    """A pool, and those who use it, while nothing but time changes."""

    def __init__(
        self, pool: Connections | None, stuck: frozenset[int], jobs: Sequence[Job], ledger: Ledger,
        releases: list[Release],
    ) -> None:  # fmt: skip
        self.pool, self.stuck, self.jobs, self.ledger, self.releases = pool, stuck, jobs, ledger, releases
        self._read_from = self._read_to = 0
        self.arrived: list[list[int]] = []
        self.left: list[list[int]] = []

    def step(self, second: int, stop: int, line: Line, shake_us: int) -> Line:
        """How things stand after one more second."""
        if not self._read_from <= second < self._read_to:
            self._read_from, self._read_to = second, min(stop, second + _PAGE_S)
            self._read()
        return self._second(second, line, shake_us)

    def _read(self) -> None:
        """Turn a page of counts into plain numbers; where a cell is not in use, there are none."""
        self.arrived, self.left = [], []
        for job in self.jobs:
            start, stop = max(job.start, self._read_from), min(job.stop, self._read_to)
            before, after = (
                [0] * (min(start, self._read_to) - self._read_from),
                [0] * (self._read_to - max(stop, start)),
            )
            if start >= stop:
                before, after = [], [0] * (self._read_to - self._read_from)
                start = stop = job.start
            table = self.ledger.arrivals(job.cell.key)[:, job.cell.row, start:stop]
            self.arrived.append(before + (table[0] + table[1]).tolist() + after)
            self.left.append(before + job.left[start - job.start : stop - job.start].tolist() + after)

    def _second(self, second: int, line: Line, shake_us: int) -> Line:
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
            self._serve(now, self.pool, shake_us)
        else:
            for job, left in zip(self.jobs, self.left, strict=True):
                self._wait(now, job, left[second - self._read_from])
        now.waiting = [party for party in now.waiting if not self._gives_up(second, party)]
        return Line(now.backlog_us, tuple(now.held), tuple(now.waiting))

    def _release(self, second: int, party: Party) -> None:
        row, key = party.place
        self.ledger.event(RELEASED, row, key)[second] += party.requests
        self.releases.append(Release(second, party.place, second - party.arrived_s, party.requests))

    def _admit(self, now: _Second, party: Party) -> None:
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

    def _wait(self, now: _Second, job: Job, requests: int, *, lost: bool = False) -> None:
        if requests:
            now.waiting.append(self._park(now.second, job, requests, lost=lost))

    def _park(self, second: int, job: Job, requests: int, *, lost: bool = False) -> Party:
        """Some requests of this second are decided on later."""
        cell = job.cell
        job.take(second, requests)
        self.ledger.event(PARKED, cell.row, cell.key)[second] += requests
        due_s = second + (self.pool.timeout_s if self.pool else 0)
        return Party(second, due_s, (cell.row, cell.key), cell.demand_us, requests, lost)

    def _serve(self, now: _Second, pool: Connections, shake_us: int) -> None:
        """A second with connections to be had."""
        most_us, before_us = pool.most_us, now.backlog_us
        work_us = shake_us - pool.capacity_us(now.free)
        served: list[_Served] = []
        at = now.second - self._read_from
        for job, arrived, left in zip(self.jobs, self.arrived, self.left, strict=True):
            if job.cell.stalled:
                self._stall(now, job, left[at])
            else:
                served.append(_Served(job, arrived[at], left[at], job.cell.demand_us))
                work_us += arrived[at] * job.cell.demand_us
        now.backlog_us = max(0, now.backlog_us + work_us)
        if now.backlog_us > most_us:
            self._turn_away(now, now.backlog_us - most_us, served)
            now.backlog_us = min(
                now.backlog_us, max(before_us, most_us + sum(one.demand_us for one in served if one.arrived))
            )
        else:
            self._call_back(now, most_us)

    def _stall(self, now: _Second, job: Job, left: int) -> None:
        """Requests take what connections there are, and keep them."""
        taken = min(now.free, left)
        if taken:
            now.held.append(self._park(now.second, job, taken))
            now.free -= taken
        self._wait(now, job, left - taken)

    def _turn_away(self, now: _Second, excess_us: int, served: list[_Served]) -> None:
        """Too much: a like share of everybody's requests will wait in vain, those with a cause to fail among them."""
        whole_us = sum(one.arrived * one.demand_us for one in served)
        excess_us = min(excess_us, whole_us)
        passed_us = turned_us = waiting = 0
        waiting_exactly = 0.0
        for job, arrived, left, demand_us in served:
            if arrived and demand_us:
                passed_us += arrived * demand_us
                turned = min(arrived, (passed_us * excess_us // whole_us - turned_us) // demand_us)
                turned_us += turned * demand_us
                waiting_exactly += turned * left / arrived
                wait = min(left, int(waiting_exactly + 0.5) - waiting)
                waiting += wait
                self._wait(now, job, wait, lost=True)
        now.backlog_us -= turned_us

    def _call_back(self, now: _Second, most_us: int) -> None:
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
