"""A regime, prepared for counting: flows that are split alike stand together, and causes are named once."""

from collections.abc import Sequence
from functools import lru_cache
from math import exp, sqrt
from typing import NamedTuple

from sim.traffic.quantiles import poisson_most
from sim.traffic.values import NOBODY, Flow, Mix, Pool, Regime, Serving

SHAKE = 32
Key = tuple[str, int]
"""A version label, and which of the servings of that label within one flow."""


class Cell(NamedTuple):
    """One serving of one flow."""

    row: int
    slot: int
    key: Key
    mix: Mix
    pool: str | None
    demand_us: int
    stalled: bool

    @property
    def plain(self) -> bool:
        """Nothing but background errors happens here."""
        return not self.mix.failing and not self.mix.harmed


class Group(NamedTuple):
    """Neighbouring rows whose arrivals are divided in the same proportions among the same versions."""

    rows: slice
    weights: tuple[int, ...]
    keys: tuple[Key, ...]


class Connections(NamedTuple):
    """A pool under load: what it does in a second, how work scatters; `calm` means that nobody ever waits."""

    name: str
    servers: int
    timeout_s: int
    timeout_ms: int
    slowdown: float
    shake_us: int
    calm: bool
    cuts: tuple[tuple[int, int], ...] = ()

    def capacity_us(self, free: int) -> int:
        """The work that so many connections do in a second."""
        return int(free * 1_000_000 / self.slowdown)

    @property
    def most_us(self) -> int:
        """The work that may lie before a request which is still served in time."""
        return self.capacity_us(self.servers) * self.timeout_ms // 1000


class Plan(NamedTuple):
    """What counting needs to know of a regime."""

    rates: tuple[tuple[int, float, float], ...]
    groups: tuple[Group, ...]
    cells: tuple[Cell, ...]
    pools: tuple[Connections, ...]
    stalled: frozenset[int]
    fates: dict[tuple[int, Key], Mix]

    def fate(self, cell: Cell) -> Mix:
        """What becomes of a request that came to a cell of an earlier plan: its version's mix, if that still serves."""
        first = (cell.row, (cell.key[0], 0))
        return self.fates.get((cell.row, cell.key), self.fates.get(first, cell.mix))


@lru_cache(maxsize=4096)
def service_us(median_ms: int, sigma: float) -> tuple[int, float]:
    """Mean in whole microseconds, and mean square, of a lognormal service time."""
    mean = median_ms * 1000.0 * exp(sigma * sigma / 2)
    return round(mean), mean * mean * exp(sigma * sigma)


def demand_us(flow: Flow, mix: Mix) -> int:
    """How long a request occupies its connection, on average."""
    mean, _ = service_us(flow.median_ms, flow.sigma)
    for extra_ms, prototypes in mix.delays:
        mean += extra_ms * 1000 * prototypes // mix.of
    return mean


class Endpoints:
    """The endpoints of a run, each with a row for good, in the order in which they first appear."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.causes: list[str | None] = []
        self.rows: dict[str, int] = {}

    def row(self, flow: Flow) -> int:
        """The row of a flow's endpoint; its background error keeps one name."""
        row = self.rows.get(flow.endpoint)
        if row is None:
            row = self.rows[flow.endpoint] = len(self.names)
            self.names.append(flow.endpoint)
            self.causes.append(None)
        if flow.background is not None:
            known = self.causes[row]
            if known is None:
                self.causes[row] = flow.background[0]
            elif known != flow.background[0]:
                raise ValueError(f"{flow.endpoint}: its background error was {known}, it cannot turn into another")
        return row


class _Offered:
    """What a pool may be asked for in a second, at most, and how far that scatters."""

    def __init__(self) -> None:
        self.variance, self.busiest_us, self.stalled = 0.0, 0, False
        self._row, self._demand_us = -1, 0

    def add(self, flow: Flow, cell: Cell, share: float) -> None:
        """One cell more; the cells of one flow come one after another, and share its arrivals."""
        variance, most = _scatter(flow.rps, flow.median_ms, flow.sigma)
        if cell.row != self._row:
            self._row, self._demand_us = cell.row, 0
        if cell.demand_us > self._demand_us:
            self.busiest_us += most * (cell.demand_us - self._demand_us)
            self._demand_us = cell.demand_us
        self.variance += variance * share
        self.stalled = self.stalled or cell.stalled

    def connect(self, pool: Pool) -> Connections:
        """Calm, if even the busiest second that can be drawn leaves nothing over."""
        shake_us = int(sqrt(self.variance) / 4)
        capacity_us = int(pool.servers * 1_000_000 / pool.slowdown)
        calm = not self.stalled and self.busiest_us + SHAKE * shake_us <= capacity_us
        timeout_s = -(-pool.timeout_ms // 1000)
        return Connections(
            pool.name, pool.servers, timeout_s, pool.timeout_ms, pool.slowdown, shake_us, calm, pool.cuts
        )


@lru_cache(maxsize=4096)
def _scatter(rps: float, median_ms: int, sigma: float) -> tuple[float, int]:
    mean, square = service_us(median_ms, sigma)
    return rps * max(0.0, square - mean * mean), poisson_most(rps)


_PREPARED: dict[int, tuple[Regime, tuple[int, ...], Plan]] = {}
_MOST_PREPARED = 256


def prepare(regime: Regime, endpoints: Endpoints) -> Plan:
    """A plan is remembered with its regime: runs of one scenario share regimes, and give endpoints the same rows."""
    rows = tuple([endpoints.row(flow) for flow in regime.flows])
    known = _PREPARED.get(id(regime))
    if known is not None and known[0] is regime and known[1] == rows:
        return known[2]
    plan = _prepare(regime, rows)
    if len(_PREPARED) >= _MOST_PREPARED:
        _PREPARED.clear()
    _PREPARED[id(regime)] = regime, rows, plan
    return plan


def _prepare(regime: Regime, places: Sequence[int]) -> Plan:
    """Look at each flow once."""
    if len({*places}) != len(places):
        raise ValueError("an endpoint has one flow")
    pools = {pool.name: pool for pool in regime.pools}
    offered = {name: _Offered() for name in pools}
    rates: list[tuple[int, float, float]] = []
    cells: list[Cell] = []
    groups: list[Group] = []
    fates: dict[tuple[int, Key], Mix] = {}
    for row, flow in zip(places, regime.flows, strict=True):
        rates.append((row, flow.rps, flow.background[1] if flow.background else 0.0))
        weights = tuple([serving.weight for serving in flow.serving])
        keys = _keys(flow)
        fates |= {(row, key): serving.mix for key, serving in zip(keys, flow.serving, strict=True)}
        if not any(weights):
            weights, keys = (1,), (("", 0),)
            cells.append(Cell(row, 0, keys[0], NOBODY, None, 0, False))
        elif min(weights) < 0:
            raise ValueError(f"{flow.endpoint}: a weight is not negative")
        else:
            cells += _cells(flow, row, keys, pools, offered)
        last = groups[-1] if groups else None
        if last is not None and last.rows.stop == row and last.weights == weights and last.keys == keys:
            groups[-1] = Group(slice(last.rows.start, row + 1), weights, keys)
        else:
            groups.append(Group(slice(row, row + 1), weights, keys))
    connections = tuple([offered[pool.name].connect(pool) for pool in regime.pools])
    stalled = frozenset([row for row, flow in zip(places, regime.flows, strict=True) if flow.stalled])
    return Plan(tuple(rates), tuple(groups), tuple(cells), connections, stalled, fates)


def _keys(flow: Flow) -> tuple[Key, ...]:
    labels = [serving.label for serving in flow.serving]
    return tuple([(label, labels[:slot].count(label)) for slot, label in enumerate(labels)])


def _cells(
    flow: Flow, row: int, keys: tuple[Key, ...], pools: dict[str, Pool], offered: dict[str, _Offered]
) -> list[Cell]:
    whole = sum([serving.weight for serving in flow.serving])
    cells = []
    for slot, serving in enumerate(flow.serving):
        if serving.weight:
            cell = _cell(flow, (row, slot, keys[slot]), serving, pools)
            cells.append(cell)
            if cell.pool is not None:
                offered[cell.pool].add(flow, cell, serving.weight / whole)
    return cells


def _cell(flow: Flow, place: tuple[int, int, Key], serving: Serving, pools: dict[str, Pool]) -> Cell:
    if not flow.needs_pool:
        return Cell(*place, serving.mix, None, 0, False)
    pool = pools.get(serving.pool)
    if pool is None:
        raise ValueError(f"{flow.endpoint}: {serving.label} uses {serving.pool!r}, which is no pool of this regime")
    if not pool.servers:
        return Cell(*place, NOBODY, None, 0, False)
    return Cell(*place, serving.mix, serving.pool, demand_us(flow, serving.mix), flow.stalled)
