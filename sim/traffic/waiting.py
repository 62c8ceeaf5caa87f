"""Connections: what waits for one, what holds one while a lock is in the way, and what gives up.

Work is whole microseconds. A quiet stretch is one Lindley recursion; where the backlog would outgrow the time-out, or
a lock is in the way, seconds are walked through one by one. Both give the same numbers where both apply, so it does
not matter how a stretch is cut.

- A request that finds more work before it than the pool can do within the time-out gives up when that time has
  passed: it fails in that second, unless the pool becomes faster before. All others are decided on as they arrive,
  even where they wait for a connection a little.
- A request whose statement waits for a lock keeps its connection, however long. When no connection is left, every
  request that needs this pool waits, and gives up at the time-out. When the lock goes, what holds or waits is let go
  in that second. Requests that fail before a statement fail first: they neither hold nor wait.
- When instances go away, a like share of whoever waits in the pool is cut off, and fails in that second.
- Whoever waited and is let go asks the database now, and is answered by the mix that holds now for their version; if
  nobody serves that version any more, by the one under which they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.traffic.counts import Job, Span, answer
from sim.traffic.ledger import GAVE_UP, PARKED, RELEASED, Ledger, Place
from sim.traffic.noise import Noise
from sim.traffic.plan import Cell, Connections, Plan
from sim.traffic.values import RESET, Mix

_PAGE_S = 128


class Party(NamedTuple):
    """Requests that arrived in one second and wait together."""

    arrived_s: int
    due_s: int
    cell: Cell
    requests: int
    lost: bool


class Line(NamedTuple):
    """A pool between two seconds."""

    backlog_us: int = 0
    held: tuple[Party, ...] = ()
    waiting: tuple[Party, ...] = ()
    cuts: int = 0


EMPTY = Line()


class Release(NamedTuple):
    """Requests that were let go after a long wait."""

    second: int
    place: Place
    waited_s: int
    requests: int


class _Served(NamedTuple):
    """One cell in one second: what arrived, what of it gets as far as a statement, and what each request demands."""

    job: Job
    arrived: int
    asking: int
    demand_us: int


@dataclass
class _Second:
    """A second in the making."""

    second: int
    backlog_us: int
    free: int = 0
    held: list[Party] = field(default_factory=list)
    waiting: list[Party] = field(default_factory=list)
    released: list[Party] = field(default_factory=list)


@dataclass
class Walk:
    """A pool, and those who use it, while it stays the same and the same locks are in the way."""

    pool: Connections | None
    stuck: frozenset[int]
    jobs: Sequence[Job]
    spans: Sequence[Span]
    ledger: Ledger
    noise: Noise
    releases: list[Release]
    arrived: list[list[int]] = field(default_factory=list)
    asking: list[list[int]] = field(default_factory=list)
    _read_from: int = 0
    _read_to: int = 0

    def step(self, second: int, stop: int, line: Line, shake_us: int) -> Line:
        """How things stand after one more second."""
        if not self._read_from <= second < self._read_to:
            self._read_from, self._read_to = second, min(stop, second + _PAGE_S)
            self._read()
        return self._second(second, line, shake_us)

    def _read(self) -> None:
        """Turn a page of counts into plain numbers; where a cell is not in use, there are none."""
        self.arrived, self.asking = [], []
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
            self.asking.append(before + job.asking(start, stop) + after)

    def _second(self, second: int, line: Line, shake_us: int) -> Line:
        line, cuts = self._cut(second, line), len(self.pool.cuts) if self.pool else 0
        now = _Second(second, line.backlog_us if self.pool else 0)
        for party in line.held:
            (now.held if party.cell.row in self.stuck else now.released).append(party)
        now.free = (self.pool.servers if self.pool else 0) - sum(party.requests for party in now.held)
        for party in line.waiting:
            if party.lost or now.free <= 0:
                now.waiting.append(party)
            else:
                self._admit(now, party)
        if now.free > 0 and self.pool is not None:
            self._serve(now, self.pool, shake_us)
        else:
            for job, asking in zip(self.jobs, self.asking, strict=True):
                self._wait(now, job, asking[second - self._read_from])
        self._release(second, now.released)
        now.waiting = [party for party in now.waiting if not self._gives_up(second, party)]
        return Line(now.backlog_us, tuple(now.held), tuple(now.waiting), cuts if now.held or now.waiting else 0)

    def _cut(self, second: int, line: Line) -> Line:
        """Those whose instances have gone since the second before are cut off: of every party a like share."""
        held, waiting = list(line.held), list(line.waiting)
        for stopped, of in self.pool.cuts[line.cuts :] if self.pool else ():
            for parties in (held, waiting):
                gone = sums = 0
                for at, party in enumerate(parties):
                    sums += party.requests
                    lost = sums * stopped // of - gone
                    gone += lost
                    self._fail(second, party._replace(requests=lost), RESET)
                    parties[at] = party._replace(requests=party.requests - lost)
        return line._replace(
            held=tuple(party for party in held if party.requests),
            waiting=tuple(party for party in waiting if party.requests),
        )

    def _fail(self, second: int, party: Party, mix: Mix) -> None:
        if party.requests:
            row, _, key = party.cell[:3]
            self.ledger.event(RELEASED, row, key)[second] += party.requests
            self.releases.append(Release(second, (row, key), second - party.arrived_s, party.requests))
            answer(second, party.requests, mix, (row, key), self.noise, self.ledger, 0)

    def _release(self, second: int, parties: Sequence[Party]) -> None:
        """Those who are let go meet the world as it is now: one answer for all of one version and one fate."""
        found: dict[Place, dict[Mix, int]] = {}
        for party in parties:
            row, _, key = party.cell[:3]
            self.ledger.event(RELEASED, row, key)[second] += party.requests
            self.releases.append(Release(second, (row, key), second - party.arrived_s, party.requests))
            fates, mix = found.setdefault((row, key), {}), self._plan(second).fate(party.cell)
            fates[mix] = fates.get(mix, 0) + party.requests
        for place, fates in found.items():
            for nth, (mix, count) in enumerate(fates.items()):
                answer(second, count, mix, place, self.noise, self.ledger, nth)

    def _plan(self, second: int) -> Plan:
        return next(plan for start, stop, plan in self.spans if start <= second < stop)

    def _admit(self, now: _Second, party: Party) -> None:
        """A connection is free again: the waiting go on, or come to wait for the lock themselves."""
        if party.cell.row not in self.stuck:
            now.released.append(party)
            now.backlog_us += party.requests * party.cell.demand_us
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
        self.ledger.event(GAVE_UP, party.cell.row, party.cell.key)[second] += party.requests
        return True

    def _wait(self, now: _Second, job: Job, requests: int, *, lost: bool = False) -> None:
        if requests:
            now.waiting.append(self._park(now.second, job, requests, lost=lost))

    def _park(self, second: int, job: Job, requests: int, *, lost: bool = False) -> Party:
        """Some requests of this second are decided on later."""
        job.wait(second, requests, self.ledger)
        self.ledger.event(PARKED, job.cell.row, job.cell.key)[second] += requests
        due_s = second + (self.pool.timeout_s if self.pool else 0)
        return Party(second, due_s, job.cell, requests, lost)

    def _serve(self, now: _Second, pool: Connections, shake_us: int) -> None:
        """A second with connections to be had."""
        most_us, before_us = pool.most_us, now.backlog_us
        work_us = shake_us - pool.capacity_us(now.free)
        served: list[_Served] = []
        at = now.second - self._read_from
        for job, arrived, asking in zip(self.jobs, self.arrived, self.asking, strict=True):
            if job.cell.stalled:
                self._stall(now, job, asking[at])
            else:
                served.append(_Served(job, arrived[at], asking[at], job.cell.demand_us))
                work_us += arrived[at] * job.cell.demand_us
        now.backlog_us = max(0, now.backlog_us + work_us)
        if now.backlog_us > most_us:
            self._turn_away(now, now.backlog_us - most_us, served)
            now.backlog_us = min(
                now.backlog_us, max(before_us, most_us + sum(one.demand_us for one in served if one.arrived))
            )
        else:
            self._call_back(now, most_us)

    def _stall(self, now: _Second, job: Job, asking: int) -> None:
        """Requests take what connections there are, and keep them."""
        taken = min(now.free, asking)
        if taken:
            now.held.append(self._park(now.second, job, taken))
            now.free -= taken
        self._wait(now, job, asking - taken)

    def _turn_away(self, now: _Second, excess_us: int, served: list[_Served]) -> None:
        """Too much: a like share of everybody's requests will wait in vain, early failures among them."""
        whole_us = sum(one.arrived * one.demand_us for one in served)
        excess_us = min(excess_us, whole_us)
        passed_us = turned_us = waiting = 0
        waiting_exactly = 0.0
        for job, arrived, asking, demand_us in served:
            if arrived and demand_us:
                passed_us += arrived * demand_us
                turned = min(arrived, (passed_us * excess_us // whole_us - turned_us) // demand_us)
                turned_us += turned * demand_us
                waiting_exactly += turned * asking / arrived
                wait = min(asking, int(waiting_exactly + 0.5) - waiting)
                waiting += wait
                self._wait(now, job, wait, lost=True)
        now.backlog_us -= turned_us

    def _call_back(self, now: _Second, most_us: int) -> None:
        """There is room again: those who waited in vain do not, first come first served."""
        waiting, now.waiting = now.waiting, []
        for party in waiting:
            room = (most_us - now.backlog_us) // max(1, party.cell.demand_us) if party.lost else 0
            back = min(party.requests, max(0, room))
            if back:
                now.released.append(party._replace(requests=back))
                now.backlog_us += back * party.cell.demand_us
            if back < party.requests:
                now.waiting.append(party._replace(requests=party.requests - back))
