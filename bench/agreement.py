"""Whether counts are distributed as per-request SimPy's: two-sample chi-squares over stretches that do not change."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from scipy.stats import chi2_contingency

from bench import incident
from bench.twin import simulate
from sim.engine.assembly import Production

STRETCHES = ((0, 240), (480, 540), (800, 860))
SEEDS = range(100, 112)
LEAST = 8


def smallest_p(made: Production) -> float:
    """The smallest of all p-values, corrected for how many there are."""
    engines = [incident.run(made, seed) for seed in SEEDS]
    changes = incident.regimes(engines[0])
    horizon = max(stop for _, stop in STRETCHES)
    twin = simulate(changes, 1, horizon).counts
    values = []
    for endpoint, version in sorted({key[:2] for key in twin}):
        for what in sorted({key[2] for key in twin if key[:2] == (endpoint, version)} - {"passed"}):
            series = twin[endpoint, version, what]
            for start, stop in STRETCHES:
                ours = [_series(engine, endpoint, version, what, start, stop) for engine in engines]
                values += _p(Counter(series[start:stop]), Counter(int(one) for part in ours for one in part))
    return min(1.0, min(values) * len(values))


def _series(engine: object, endpoint: str, version: str, what: str, start: int, stop: int) -> np.ndarray:
    traffic = engine.traffic  # type: ignore[attr-defined]
    if what == "total":
        return traffic.total(endpoint, start, stop, label=version)
    return traffic.failed(endpoint, start, stop, label=version, error=what)


def _p(one: Counter[int], other: Counter[int]) -> Iterable[float]:
    """A chi-square over counts a second, rare ones pooled; nothing where all are alike."""
    edges, held = [], 0.0
    share = min(one.total(), other.total()) / (one.total() + other.total())
    for value in sorted({*one, *other}):
        held += (one[value] + other[value]) * share
        if held >= LEAST:
            edges.append(value)
            held = 0.0
    table = np.zeros((2, len(edges) + 1), int)
    for row, counter in enumerate((one, other)):
        for value, count in counter.items():
            table[row, int(np.searchsorted(edges, value))] += count
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] > 1 and table.sum(axis=1).all():
        yield float(chi2_contingency(table).pvalue)
