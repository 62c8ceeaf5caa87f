"""Latency over windows, and the rows that a timeline is written from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.traffic.latency import BUCKETS, Floats, Latency, Load, Shape, buckets, read, remaining_wait, spread
from sim.traffic.ledger import GAVE_UP, HARMED, PARKED, RELEASED, Ledger
from sim.traffic.plan import Connections, Key, Plan, service_us
from sim.traffic.queue import Queue
from sim.traffic.values import Flow, Mix, Regime, Row

Stretch = tuple[int, int, Regime, Plan]


@dataclass(frozen=True)
class Profile:
    """How long the requests of one cell take under one regime; `None` for a shape: they fail at once."""

    row: int
    key: Key
    shape: Shape | None
    pool: Connections | None


def profiles(regime: Regime, plan: Plan, rows: dict[str, int]) -> list[Profile]:
    """One for each cell of a plan."""
    flows = {rows[flow.endpoint]: flow for flow in regime.flows}
    pools = {pool.name: pool for pool in plan.pools}
    loads = {name: load_of(pool, plan, flows) for name, pool in pools.items()}
    found = []
    for cell in plan.cells:
        flow, shape = flows[cell.row], None
        if cell.pool is not None:
            waits, wait_s = remaining_wait(loads[cell.pool])
            shape = _shape(flow, cell.mix, pools[cell.pool].slowdown, waits, wait_s * 1000)
        elif not flow.needs_pool and any(serving.weight for serving in flow.serving):
            shape = _shape(flow, cell.mix, 1.0, 0.0, 0.0)
        found.append(Profile(cell.row, cell.key, shape, pools.get(cell.pool or "")))
    return found


def _shape(flow: Flow, mix: Mix, slowdown: float, waits: float, wait_ms: float) -> Shape:
    delays = tuple((extra_ms, prototypes / mix.of) for extra_ms, prototypes in mix.delays)
    return Shape(flow.median_ms * slowdown, flow.sigma, delays, waits, wait_ms)


def load_of(pool: Connections, plan: Plan, flows: dict[int, Flow]) -> Load:
    """What the flows of a plan ask of a pool."""
    rps = work = square = 0.0
    for cell in plan.cells:
        if cell.pool == pool.name and not cell.stalled:
            flow = flows[cell.row]
            mine = flow.rps * flow.serving[cell.slot].weight / sum(serving.weight for serving in flow.serving)
            mean_us, square_us = service_us(flow.median_ms, flow.sigma)
            extra_us = cell.demand_us - mean_us
            rps += mine
            work += mine * cell.demand_us * pool.slowdown
            square += mine * (square_us + extra_us * (2 * mean_us + extra_us)) * pool.slowdown**2
    if work <= 0:
        return Load(pool.servers, 0.0, 0.0, 0.0)
    mean = work / rps
    return Load(pool.servers, rps, mean / 1e6, max(0.0, square / rps / mean**2 - 1))


class Clockwork:
    """Reads the settled state; keeps nothing."""

    def __init__(self, ledger: Ledger, queues: dict[str, Queue]) -> None:
        self._ledger, self._queues = ledger, queues

    def mean_wait_ms(self, name: str, stretches: Sequence[Stretch]) -> float:
        """The mean wait for a connection over a window, of all moments alike."""
        waited = 0.0
        for start, stop, regime, plan in stretches:
            pool = next(pool for pool in plan.pools if pool.name == name)
            flows = {self._ledger.endpoints.rows[flow.endpoint]: flow for flow in regime.flows}
            _, rest_s = remaining_wait(load_of(pool, plan, flows))
            waited += float(self._backlog_ms(pool, start, stop).sum()) + rest_s * 1000 * (stop - start)
        seconds = sum(stop - start for start, stop, _, _ in stretches)
        return waited / seconds if seconds else 0.0

    def _backlog_ms(self, pool: Connections | None, start: int, stop: int) -> Floats:
        """The wait behind the backlog at the middle of each second."""
        queue = self._queues.get(pool.name) if pool else None
        if pool is None or queue is None or not queue.backlog_us.size:
            return np.zeros(stop - start)
        after = queue.backlog_us[start:stop]
        before = queue.backlog_us[start - 1 : stop - 1] if start else np.concatenate(([0], after[:-1]))
        return (before + after) / (2000.0 * pool.capacity_us(pool.servers) / 1e6)

    def pooled(self, rows: Sequence[int], label: str | None, stretches: Sequence[Stretch]) -> Floats:
        """The buckets of every request that ended in a window."""
        pool = np.zeros(BUCKETS)
        for stretch in stretches:
            pool += self._pooled(self._profiles(rows, label, stretch), rows, label, stretch)
        return pool

    def _profiles(self, rows: Sequence[int], label: str | None, stretch: Stretch) -> list[Profile]:
        _, _, regime, plan = stretch
        known = profiles(regime, plan, self._ledger.endpoints.rows)
        return [profile for profile in known if profile.row in rows and label in (None, profile.key[0])]

    def _pooled(self, mine: Sequence[Profile], rows: Sequence[int], label: str | None, stretch: Stretch) -> Floats:
        start, stop, _, plan = stretch
        pool = self._late(rows, label, plan, start, stop)
        for profile in mine:
            pool += self._of_profile(profile, start, stop)
        return pool

    def _of_profile(self, profile: Profile, start: int, stop: int) -> Floats:
        arrived = self._ledger.arrivals(profile.key)[:, profile.row, start:stop].sum(axis=0, dtype=np.int64)
        parked = self._ledger.events[PARKED].get((profile.row, profile.key))
        if parked is not None:
            arrived = arrived - parked[start:stop]
        if profile.shape is None:
            return _at(0.0, int(arrived.sum()))
        found = np.bincount(buckets(self._backlog_ms(profile.pool, start, stop)), arrived, minlength=1)
        pool = np.zeros(BUCKETS)
        for bucket in found.nonzero()[0].tolist():
            pool += found[bucket] * spread(profile.shape, bucket)
        return pool

    def _late(self, rows: Sequence[int], label: str | None, plan: Plan, start: int, stop: int) -> Floats:
        """Those that waited for a connection or a lock, until they had it or gave up."""
        pool = np.zeros(BUCKETS)
        for queue in self._queues.values():
            for release in queue.released(start, stop):
                row, key = release.place
                if row in rows and label in (None, key[0]):
                    pool += _at(release.waited_s * 1000.0, release.requests)
        timeout_ms = max((connections.timeout_ms for connections in plan.pools), default=0)
        if self._ledger.events[GAVE_UP]:
            pool += _at(float(timeout_ms), int(self._ledger.happened(GAVE_UP, rows, start, stop, label).sum()))
        return pool

    def latency(self, rows: Sequence[int], label: str | None, stretches: Sequence[Stretch]) -> Latency:
        """Percentiles over a window."""
        return read(self.pooled(rows, label, stretches))

    def timeline(self, stretches: Sequence[Stretch]) -> Iterator[Row]:
        """One row a second for each endpoint and version that serves it, or that somebody still waits for."""
        for start, stop, regime, plan in stretches:
            columns = [
                self._column(row, label, (start, stop, regime, plan)) for row, label in self._lines(plan, start, stop)
            ]
            for second in range(start, stop):
                for column in columns:
                    yield column[second - start]

    def _lines(self, plan: Plan, start: int, stop: int) -> list[tuple[int, str]]:
        lines = dict.fromkeys((cell.row, cell.key[0]) for cell in plan.cells)
        for kind in (RELEASED, GAVE_UP):
            for (row, key), series in self._ledger.events[kind].items():
                if series[start:stop].any():
                    lines[row, key[0]] = None
        return sorted(lines)

    def _column(self, row: int, label: str, stretch: Stretch) -> list[Row]:
        """One endpoint and version over one stretch: percentiles are worked out once where nothing waits."""
        start, stop, regime, plan = stretch
        total = self._ledger.total([row], start, stop, label)
        failed = self._ledger.failed([row], start, stop, label)
        harmed = self._ledger.happened(HARMED, [row], start, stop, label)
        moving = self._moving(row, label, plan, start, stop)
        mine = self._profiles([row], label, stretch)
        whole = read(self._pooled(mine, [row], label, stretch)) if not moving.all() else None
        rows = []
        for at in range(stop - start):
            times = whole
            if times is None or moving[at]:
                times = read(self._pooled(mine, [row], label, (start + at, start + at + 1, regime, plan)))
            some = bool(total[at] or failed[at] or moving[at])
            rows.append(
                Row(
                    second=start + at, endpoint=self._ledger.endpoints.names[row], version=label, total=int(total[at]),
                    failed=int(failed[at]), harmed=int(harmed[at]), p50_ms=times.p50_ms if some else 0,
                    p99_ms=times.p99_ms if some else 0,
                )
            )  # fmt: skip
        return rows

    def _moving(self, row: int, label: str, plan: Plan, start: int, stop: int) -> NDArray[np.bool_]:
        """The seconds that are not like their neighbours."""
        moving = np.zeros(stop - start, bool)
        pools = {cell.pool for cell in plan.cells if cell.row == row and cell.key[0] == label}
        for pool in plan.pools:
            if pool.name in pools:
                moving |= self._backlog_ms(pool, start, stop) > 0
        for kind in (PARKED, RELEASED, GAVE_UP):
            moving |= self._ledger.happened(kind, [row], start, stop, label) > 0
        return moving


def _at(time_ms: float, count: int) -> Floats:
    pool = np.zeros(BUCKETS)
    if count:
        pool[int(buckets(np.array([time_ms]))[0])] = count
    return pool
