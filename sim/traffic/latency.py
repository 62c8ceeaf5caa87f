"""How long requests take: worked out from the counts when somebody asks, never part of a count.

A request takes its service time (lognormal) after its wait. The wait is the backlog before it over the pool's
capacity, plus what a queue has of waiting within a second: Erlang's probability to wait, with Kimura's mean for
service times that are not exponential, less the mean of the backlog itself (Spitzer's sum), so that nothing is
counted twice. Distributions are pooled in fixed buckets; a percentile is read off the pool, never averaged.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, exp, lgamma, log, pi, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PER_DOUBLING = 32
_SHORTEST_MS = 0.1
_DOUBLINGS = 24
EDGES_MS = _SHORTEST_MS * 2.0 ** (np.arange(_PER_DOUBLING * _DOUBLINGS + 1) / _PER_DOUBLING)
_MIDDLES_MS = np.concatenate(([0.0], np.sqrt(EDGES_MS[:-1] * EDGES_MS[1:]), [EDGES_MS[-1]]))
BUCKETS = _MIDDLES_MS.size
_NEARLY_FULL = 0.995
_MANY = 400
_DEVIATES = np.array([NormalDist().inv_cdf((i + 0.5) / 512) for i in range(512)])
_SPREAD = -np.log1p(-(np.arange(32) + 0.5) / 32)
_SPREAD /= _SPREAD.mean()


@dataclass(frozen=True)
class Latency:
    """Percentiles and mean of the requests that ended in a window; zero if none did."""

    count: int
    p50_ms: int
    p99_ms: int
    mean_ms: float


@dataclass(frozen=True)
class Load:
    """What a pool is offered: requests a second, their mean service time and its squared variation."""

    servers: int
    rps: float
    mean_s: float
    variation: float


@lru_cache(maxsize=1024)
def erlang_c(servers: int, offered: float) -> float:
    """The probability that all servers are busy, by the recursion for Erlang B."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    free = 1.0 - offered / servers
    return blocked / (free + (1.0 - free) * blocked)


@lru_cache(maxsize=1024)
def stationary_wait(load: Load) -> tuple[float, float]:
    """The probability to wait and the mean wait in seconds, at a load that is not quite full."""
    if load.rps <= 0.0 or load.mean_s <= 0.0:
        return 0.0, 0.0
    c, cs2 = load.servers, load.variation
    offered = min(load.rps * load.mean_s, _NEARLY_FULL * c)
    rho = offered / c
    waits = erlang_c(c, offered)
    exponential = waits * load.mean_s / (c - offered)
    constant = exponential / 2 * (1 + (1 - rho) * (c - 1) * (sqrt(4 + 5 * c) - 2) / (16 * rho * c))
    divisor = 2 * cs2 / exponential + (1 - cs2) / constant if exponential > 0 else 0.0
    return waits, (1 + cs2) / divisor if divisor > 0 else exponential * (1 + cs2) / 2


@lru_cache(maxsize=1024)
def stationary_backlog_s(load: Load) -> float:
    """The mean backlog, in seconds of the whole pool, that the recursion over whole seconds has by itself."""
    rps = min(load.rps, _NEARLY_FULL * load.servers / load.mean_s) if load.mean_s else 0.0
    drift = load.servers - rps * load.mean_s
    deviation = load.mean_s * sqrt(rps * (1 + load.variation))
    total = 0.0
    for steps in range(1, 4000):
        if drift * sqrt(steps) > 7.0 * deviation:
            break
        total += _expected_excess(load, rps, steps) / steps
    return total / load.servers


def _expected_excess(load: Load, rps: float, steps: int) -> float:
    """The mean of the work of so many seconds beyond what can be done in them, where there is any."""
    expected, limit = rps * steps, float(load.servers * steps)
    scatter = load.mean_s * sqrt(expected * load.variation)
    if expected > _MANY:
        return _positive_part(expected * load.mean_s - limit, load.mean_s * sqrt(expected * (1 + load.variation)))
    reach = 8 * sqrt(expected) + 12
    excess = 0.0
    for count in range(max(0, int(expected - reach)), int(expected + reach)):
        chance = exp(count * log(expected) - expected - lgamma(count + 1))
        excess += chance * _positive_part(count * load.mean_s - limit, scatter)
    return excess


def _positive_part(mean: float, deviation: float) -> float:
    """E max(0, X) of a normal X."""
    if deviation <= 0.0:
        return max(0.0, mean)
    z = mean / deviation
    return mean * 0.5 * erfc(-z / sqrt(2)) + deviation * exp(-z * z / 2) / sqrt(2 * pi)


@lru_cache(maxsize=1024)
def remaining_wait(load: Load) -> tuple[float, float]:
    """The probability and the mean of the wait that the backlog does not show."""
    waits, mean_s = stationary_wait(load)
    return waits, max(0.0, mean_s - stationary_backlog_s(load))


@dataclass(frozen=True)
class Shape:
    """The distribution of one cell's latency, but for the backlog."""

    median_ms: float
    sigma: float
    delays: tuple[tuple[int, float], ...]
    waits: float
    wait_ms: float


@lru_cache(maxsize=512)
def spread(shape: Shape, backlog_bucket: int) -> Floats:
    """The share of each bucket, for requests that find this backlog."""
    service = shape.median_ms * np.exp(shape.sigma * _DEVIATES) + _MIDDLES_MS[backlog_bucket]
    plain = 1.0 - sum(share for _, share in shape.delays)
    shares = np.zeros(BUCKETS)
    for extra_ms, share in ((0, plain), *shape.delays):
        if share > 0:
            shares += share * (1.0 - shape.waits) * _bucketed(service + extra_ms)
            if shape.waits > 0:
                waits = _SPREAD * (shape.wait_ms / shape.waits)
                shares += share * shape.waits * _bucketed(np.add.outer(service + extra_ms, waits).ravel())
    return shares


def _bucketed(times_ms: Floats) -> Floats:
    return np.bincount(buckets(times_ms), minlength=BUCKETS) / times_ms.size


def buckets(times_ms: Floats) -> NDArray[np.int64]:
    """The bucket of each time; 0 is no time at all."""
    return np.minimum(EDGES_MS.searchsorted(times_ms, side="right"), BUCKETS - 1)


def quantile_ms(pool: Floats, q: float) -> float:
    """The middle of the bucket in which a quantile lies."""
    sums = np.cumsum(pool)
    return float(_MIDDLES_MS[int(sums.searchsorted(q * sums[-1]))]) if sums[-1] > 0 else 0.0


def read(pool: Floats) -> Latency:
    """Percentiles of a pool of buckets."""
    count = float(pool.sum())
    mean = float(pool @ _MIDDLES_MS) / count if count else 0.0
    return Latency(round(count), round(quantile_ms(pool, 0.5)), round(quantile_ms(pool, 0.99)), mean)
