"""Three changes, eight subsets: what each does before the column is relaxed, and after."""

from itertools import combinations

import pytest

from sim.facts import JobRan
from tests.worlds import story

CHECKOUT = "POST /checkout"
CHANGES = ("PR-901", "PR-903", "PR-905")
GUILTY = {7: "PR-903", 3: "PR-901", 9: "PR-905"}
SUBSETS = [frozenset(chosen) for size in range(4) for chosen in combinations(CHANGES, size)]
RELAX = "ALTER TABLE orders ALTER COLUMN origin SET DEFAULT '{}'"


def _shipped(seed: int, subset: frozenset[str], *, relaxed: bool) -> float:
    with story("three-changes", seed) as now:
        if relaxed:
            now.at("20m", "run_sql", sql=RELAX)
        if subset != frozenset(CHANGES):
            now.at("21m", "deploy", service="shop", base="v2.4.0", drop=sorted(set(CHANGES) - subset))
        return now.failing(CHECKOUT, "25m", "30m")


@pytest.mark.parametrize("seed", GUILTY)
@pytest.mark.parametrize("subset", SUBSETS, ids=lambda subset: "+".join(sorted(subset)))
def test_once_the_column_is_relaxed_a_set_fails_if_and_only_if_the_guilty_one_is_in_it(
    seed: int, subset: frozenset[str]
) -> None:
    """All eight can be shipped, and only then does leaving changes out tell which one it is."""
    failing = _shipped(seed, subset, relaxed=True)
    if GUILTY[seed] in subset:
        assert failing == pytest.approx(0.15, abs=0.02)
    else:
        assert failing < 0.003


@pytest.mark.parametrize(
    "subset", [subset for subset in SUBSETS if "PR-905" not in subset], ids=lambda subset: "+".join(sorted(subset))
)
def test_before_that_every_set_without_the_migrations_code_fails_on_all(subset: frozenset[str]) -> None:
    """Bisecting shows nothing but the column."""
    assert _shipped(7, subset, relaxed=False) > 0.99


@pytest.mark.parametrize("seed", GUILTY)
def test_the_failing_ones_are_the_slow_ones_whichever_change_is_guilty(seed: int) -> None:
    """A step that fails is tried once more after 400 ms, so p99 about doubles."""
    with story("three-changes", seed) as now:
        now.at("30m")
        now.session.engine.settle()
        before, after = (now.session.engine.traffic.latency(CHECKOUT, *span) for span in ((60, 300), (1200, 1800)))
        assert after.p99_ms / before.p99_ms > 1.7


@pytest.mark.parametrize("seed", GUILTY)
def test_the_billing_job_fails_unseen(seed: int) -> None:
    """PR-901 forces the new SDK on a caller that stands in no diff."""
    with story("three-changes", seed) as now:
        now.at("50m")
        runs = [ran for ran in now.facts(JobRan) if isinstance(ran, JobRan)]
        assert [ran.failed for ran in runs] == [0] + [ran.total for ran in runs[1:]]
        assert set(runs[-1].errors) == {"NoSuchMethodError"}
