"""The per-request twin sees the same distributions of counts."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from bench.twin import simulate
from sim.traffic.values import Mix, Regime
from tests.traffic.worlds import counted, flow, regime, serving

OLD = Mix(4000)
NEW = Mix(4000, (("IllegalStateException", 600), ("NullPointerException", 120)), harmed=200)
HORIZON_S = 150
FAST, SLOW = 60, 12
Run = dict[tuple[str, str, str], list[int]]


def _rollout(old: int, new: int) -> Regime:
    servings = (serving("v1", old), serving("v2", new, NEW))
    return regime(
        flow(*servings, endpoint="POST /orders", rps=14.0, background=0.02),
        flow(serving("v1", old), serving("v2", new), endpoint="GET /orders", rps=9.0),
    )


CHANGES = [(0, _rollout(12, 0)), (50, _rollout(8, 4)), (100, _rollout(0, 12))]


@pytest.fixture(scope="module")
def both() -> tuple[list[Run], list[Run]]:
    fast = []
    for seed in range(FAST):
        traffic = counted(seed, HORIZON_S, CHANGES)
        series = {}
        for endpoint in ("POST /orders", "GET /orders"):
            for label in ("v1", "v2"):
                series[endpoint, label, "total"] = traffic.total(endpoint, 0, HORIZON_S, label).tolist()
                series[endpoint, label, "harmed"] = traffic.harmed(endpoint, 0, HORIZON_S, label).tolist()
                for error in ("ClientClosedRequest", "IllegalStateException", "NullPointerException"):
                    failed = traffic.failed(endpoint, 0, HORIZON_S, label, error)
                    series[endpoint, label, error] = failed.tolist()
        fast.append(series)
    return fast, [simulate(CHANGES, seed, HORIZON_S).counts for seed in range(SLOW)]


def _seen(runs: list[Run], key: tuple[str, str, str], start: int) -> Counter[int]:
    """How often each count of a second occurs."""
    return Counter(count for run in runs for count in run.get(key, [0] * HORIZON_S)[start : start + 50])


def _pooled(first: Counter[int], second: Counter[int]) -> np.ndarray:
    """Two rows of a table in which no column is thin."""
    columns: list[list[int]] = []
    for count in sorted({*first, *second}):
        if columns and min(columns[-1]) < 8:
            columns[-1] = [columns[-1][0] + first[count], columns[-1][1] + second[count]]
        else:
            columns.append([first[count], second[count]])
    if len(columns) > 1 and min(columns[-1]) < 8:
        last = columns.pop()
        columns[-1] = [columns[-1][0] + last[0], columns[-1][1] + last[1]]
    return np.array(columns).T


def test_counts_are_distributed_like_the_twin_s(both: tuple[list[Run], list[Run]]) -> None:
    """Chi-square of every count of a second, by endpoint, version, outcome and stretch: p-values as chance has them."""
    fast, slow = both
    p_values = []
    for key in fast[0]:
        for start in (0, 50, 100):
            table = _pooled(_seen(fast, key, start), _seen(slow, key, start))
            if table.shape[1] > 1:
                p_values.append(stats.chi2_contingency(table, correction=False).pvalue)
    assert len(p_values) >= 15
    assert min(p_values) > 0.05 / len(p_values) / 10
    assert np.mean(np.array(p_values) < 0.05) < 0.2


def test_sums_agree_with_the_twin_s(both: tuple[list[Run], list[Run]]) -> None:
    """Each sum over a stretch lies within four standard errors of the twin's."""
    fast, slow = both
    for key in fast[0]:
        for start in (0, 50, 100):
            ours = [sum(run[key][start : start + 50]) for run in fast]
            twins = [sum(run.get(key, [0] * HORIZON_S)[start : start + 50]) for run in slow]
            error = np.sqrt(max(float(np.mean(ours)), 0.5) * (1 / FAST + 1 / SLOW))
            assert abs(np.mean(ours) - np.mean(twins)) < 4 * error, (key, start)
