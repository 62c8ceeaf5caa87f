"""Traffic: settle, then change. Requests are counted up to a moment under the old world before the world changes.

Counts are exact draws, per second, endpoint, version and cause, and the same in whatever steps they are asked for.
A request counts, and fails, in the second in which it arrives, except one that waits for a connection or a lock: it
succeeds or fails in the second in which its waiting ends, under the regime that holds then. So at every second:
arrived = succeeded + failed + in flight.
"""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.traffic.counts import Arrivals, Job, Span, part
from sim.traffic.latency import Latency
from sim.traffic.ledger import GAVE_UP, HARMED, PARKED, REFUSED, RELEASED, Ledger
from sim.traffic.noise import Noise, block_end
from sim.traffic.plan import Endpoints, Plan, prepare
from sim.traffic.quantiles import binomial
from sim.traffic.queue import Queue
from sim.traffic.timeline import Clockwork, Stretch
from sim.traffic.values import Regime, Row, Tally
from sim.traffic.waiting import EMPTY
from sim.traffic.watch import Doubt, Trigger, Watch

_FIRST_AHEAD_S, _MOST_AHEAD_S = 64, 512


class Traffic:
    """The requests of a run: a pure function of the seed and of which regime held when."""

    def __init__(self, seed: int, horizon_s: int, regime: Regime) -> None:
        self.horizon_s, self.done = horizon_s, 0
        self._endpoints = Endpoints()
        self._noise = Noise(seed, horizon_s)
        self._ledger = Ledger(horizon_s, self._endpoints)
        self._arrivals = Arrivals(self._endpoints, self._noise, horizon_s)
        self._queues: dict[str, Queue] = {}
        self._starts, self._regimes = [0], [regime]
        self._plans: list[Plan | None] = [None]
        self._opening: dict[str | None, float] = {}
        self._asked, self._ahead = 0, _FIRST_AHEAD_S
        self._watch = Watch(self, self._ledger)
        self._clockwork = Clockwork(self._ledger, self._queues)

    def change(self, second: int, regime: Regime) -> None:
        """From this second on another regime holds; what was counted ahead of it is thrown away."""
        if second < self._asked or second < self._starts[-1]:
            raise ValueError(f"second {second} is settled, or comes before the change at {self._starts[-1]}")
        if second < self.done:
            self._rewind(second)
        if second == 0:
            self._opening.clear()
        if second == self._starts[-1]:
            self._regimes[-1], self._plans[-1] = regime, None
        else:
            self._starts.append(second)
            self._regimes.append(regime)
            self._plans.append(None)
        self._ahead = _FIRST_AHEAD_S

    @property
    def regimes(self) -> list[tuple[int, Regime]]:
        """What has held, and from which second on."""
        return list(zip(self._starts, self._regimes, strict=True))

    def settle(self, to_second: int, until: int | None = None) -> int:
        """Count everything before this second for good, and perhaps ahead up to `until`; says how far counts reach."""
        if to_second > self.horizon_s:
            raise ValueError(f"the run ends at second {self.horizon_s}, before {to_second}")
        self._asked = max(self._asked, to_second)
        return self.foresee(to_second, until)

    def foresee(self, to_second: int, until: int | None = None) -> int:
        """The same, as long as nothing changes before: what is found there may change it."""
        if to_second <= self.done:
            return self.done
        stop = to_second
        if until is not None and until > to_second:
            stop = min(until, to_second + self._ahead, self.horizon_s)
            self._ahead = min(2 * self._ahead, _MOST_AHEAD_S)
        while self.done < stop:
            self._noise.forget(self.done)
            self._count(self.done, min(stop, block_end(self.done)))
        self._watch.extend(self.done)
        return self.done

    def _rewind(self, second: int) -> None:
        self._ledger.wipe(second, self.done)
        for queue in self._queues.values():
            queue.rewind(second)
        self._watch.forget(second)
        self.done = second

    def _plan(self, index: int) -> Plan:
        plan = self._plans[index]
        if plan is None:
            plan = self._plans[index] = prepare(self._regimes[index], self._endpoints)
        return plan

    def _spans(self, start: int, stop: int) -> list[Span]:
        """The stretches of one regime each."""
        index, spans = bisect_right(self._starts, start) - 1, []
        while start < stop:
            end = min(stop, self._starts[index + 1]) if index + 1 < len(self._starts) else stop
            spans.append((start, end, self._plan(index)))
            start, index = end, index + 1
        return spans

    def _count(self, start: int, stop: int) -> None:
        spans = self._spans(start, stop)
        self._arrivals.count(spans)
        for begin, end, plan in spans:
            for group in plan.groups:
                part(group, self._arrivals.table, self._ledger, self._noise, (begin, end))
        busy = self._busy(spans)
        jobs = _jobs(spans, busy)
        for job in jobs:
            job.thin(self._ledger, self._noise)
        for name in busy:
            self._queues[name].run(spans, jobs, self._ledger, self._noise, self._asked)
        for job in jobs:
            if job.cell.mix.harmed:
                self._harm(job)
        self.done = stop

    def _busy(self, spans: list[Span]) -> list[str]:
        """The pools where somebody may have to wait."""
        names = {pool.name: None for _, _, plan in spans for pool in plan.pools if not pool.calm}
        names |= {name: None for name, queue in self._queues.items() if queue.line != EMPTY}
        for name in names:
            if name not in self._queues:
                self._queues[name] = Queue(name, self.horizon_s)
        return list(names)

    def _harm(self, job: Job) -> None:
        """Of the requests that succeed in a second, some hurt somebody."""
        row, slot, key, mix = job.cell[:4]
        passing = mix.of - sum(count for _, count in mix.failing)
        u = self._noise.uniforms(f"harm/{self._endpoints.names[row]}/{slot}", job.start, job.stop)
        left = job.left
        for kind, sign in ((RELEASED, 1), (REFUSED, -1)):
            series = self._ledger.events[kind].get((row, key))
            left = left if series is None else left + sign * series[job.start : job.stop]
        self._ledger.event(HARMED, row, key)[job.start : job.stop] = binomial(left, mix.harmed, passing, u)

    def tally(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> Tally:
        """The sums over [start, stop), of one endpoint or all, of one version or all."""
        return self._ledger.tally(self._ledger.rows(endpoint), start, self._within(stop, start), label)

    def _within(self, stop: int, start: int = 0) -> int:
        if start < 0:
            raise ValueError(f"counts begin at second 0, not at {start}")
        if stop > self.done:
            raise ValueError(f"counts reach to second {self.done}, not to {stop}")
        return stop

    def total(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> NDArray[np.int64]:
        """Arrivals in each second."""
        return self._ledger.total(self._ledger.rows(endpoint), start, self._within(stop, start), label)

    def failed(
        self, endpoint: str | None, start: int, stop: int, label: str | None = None, error: str | None = None
    ) -> NDArray[np.int64]:
        """Failures in each second, of one error or of all."""
        return self._ledger.failed(self._ledger.rows(endpoint), start, self._within(stop, start), label, error)

    def harmed(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> NDArray[np.int64]:
        """Requests in each second that succeeded and hurt somebody."""
        return self._ledger.happened(HARMED, self._ledger.rows(endpoint), start, self._within(stop, start), label)

    def in_flight(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> NDArray[np.int64]:
        """Requests that wait for a connection or a lock when each second ends."""
        return self._ledger.in_flight(self._ledger.rows(endpoint), start, self._within(stop, start), label)

    def passed(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> NDArray[np.int64]:
        """Requests of which it was decided in each second that they succeed."""
        rows = self._ledger.rows(endpoint)
        counts = self._ledger.total(rows, start, self._within(stop, start), label)
        counts -= self._ledger.failed(rows, start, stop, label)
        for kind, sign in ((GAVE_UP, 1), (PARKED, -1), (RELEASED, 1)):
            counts += sign * self._ledger.happened(kind, rows, start, stop, label)
        return counts

    def held(self, pool: str, second: int) -> dict[str, int]:
        """Requests that keep a connection of a pool while they wait for a lock, by endpoint, when a second begins."""
        counts: dict[str, int] = {}
        for party in self._queues[pool].held(second) if pool in self._queues else ():
            name = self._endpoints.names[party.cell.row]
            counts[name] = counts.get(name, 0) + party.requests
        return counts

    def served(self, endpoint: str, start: int, stop: int) -> NDArray[np.bool_]:
        """Whether an endpoint has any traffic to speak of, in each second."""
        known = np.zeros(stop - start, bool)
        for begin, end, regime, _ in self._stretches(start, stop):
            known[begin - start : end - start] = any(
                flow.endpoint == endpoint and flow.rps > 0 for flow in regime.flows
            )
        return known

    def opening_rps(self, endpoint: str | None) -> float:
        """The rate at clock zero."""
        rps = self._opening.get(endpoint)
        if rps is None:
            rps = sum(flow.rps for flow in self._regimes[0].flows if endpoint in (None, flow.endpoint))
            self._opening[endpoint] = rps
        return rps

    def doubt(self, trigger: Trigger, *, lifted: bool) -> Doubt:
        """A quick look at whether a trigger may begin, or cease, to hold in a stretch that was counted."""
        return self._watch.doubt(trigger, lifted=lifted)

    def first_second(
        self, trigger: Trigger, after: int, upto: int, *, lifted: bool = False, every: int = 1
    ) -> int | None:
        """The first moment s with after < s <= upto at which a trigger holds, looking at counts before s only.

        Lifted: at which it does not hold. Only moments that are whole multiples of `every` seconds are looked at.
        """
        return self._watch.first(trigger, after, self._within(upto), lifted=lifted, every=every)

    def since(self, trigger: Trigger, at: int) -> int | None:
        """The moment since which a trigger has held without a break up to `at`; None if it does not hold then."""
        return self._watch.since(trigger, self._within(at))

    def _stretches(self, start: int, stop: int) -> list[Stretch]:
        index = bisect_right(self._starts, start) - 1
        spans = self._spans(start, self._within(stop, start))
        return [(begin, end, self._regimes[index + n], plan) for n, (begin, end, plan) in enumerate(spans)]

    def latency(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> Latency:
        """Percentiles of the requests that ended in a window, pooled."""
        return self._clockwork.latency(self._ledger.rows(endpoint), label, self._stretches(start, stop))

    def mean_wait_ms(self, pool: str, start: int, stop: int) -> float:
        """The mean wait for a connection of this pool."""
        return self._clockwork.mean_wait_ms(pool, self._stretches(start, stop))

    def timeline(self, start: int, stop: int) -> Iterator[Row]:
        """One row for each second, endpoint and version."""
        return self._clockwork.timeline(self._stretches(start, stop))

    def digest(self, to_second: int) -> str:
        """A fingerprint of all counts before this second."""
        return self._ledger.digest(self._within(to_second))


def _jobs(spans: list[Span], busy: list[str]) -> list[Job]:
    """The cells that need a closer look, over stretches as long as possible."""
    jobs: list[Job] = []
    latest: dict[tuple[int, int], Job] = {}
    for start, stop, plan in spans:
        for cell in plan.cells:
            if cell.pool in busy or not cell.plain:
                job = latest.get((cell.row, cell.slot))
                if job is not None and job.stop == start and job.cell == cell:
                    job.stop = stop
                else:
                    job = latest[cell.row, cell.slot] = Job(cell, start, stop)
                    jobs.append(job)
    return jobs
