"""The inverse distribution functions are the true ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.traffic.quantiles import HIGHEST, LOWEST, WIDEST, binomial, poisson, poisson_most


def _draws(size: int) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(1)).random(size)


@pytest.mark.parametrize("mean", [0.003, 0.3, 2.0, 7.5, 41.7, 175.0, 700.0, 2000.0])
def test_poisson_is_the_quantile_function(mean: float) -> None:
    """Ten thousand draws, and not one count that scipy would not give."""
    u = _draws(10_000)
    assert np.array_equal(poisson(mean, u), stats.poisson.ppf(u, mean))


@pytest.mark.parametrize("size", [1, 5, 40, 175, 2000])
@pytest.mark.parametrize("part", [1, 4, 480, 1000, 2000, 3080, 3999])
def test_binomial_is_the_quantile_function(size: int, part: int) -> None:
    """Small and large shares, small and large counts, one table for all of them."""
    u = _draws(3000)
    n = np.random.Generator(np.random.PCG64(2)).poisson(size, u.size)
    expected = np.where(n > 0, stats.binom.ppf(u, n, part / 4000), 0)
    assert np.array_equal(binomial(n, part, 4000, u), expected)


@pytest.mark.parametrize(("count", "share"), [(20_000, 0.5), (100_000, 0.02), (1_000_000, 0.15), (1_000_000, 0.9)])
def test_a_very_large_count_is_off_by_one_at_most(count: int, share: float) -> None:
    """Beyond the widest table a corrected normal stands in, and its error has a bound."""
    u = _draws(3000)
    n = np.full(u.size, count)
    assert count * share * (1 - share) > WIDEST
    assert np.abs(binomial(n, share, 1.0, u) - stats.binom.ppf(u, n, share)).max() <= 1


@given(
    n=st.integers(0, 3000),
    part=st.integers(0, 4000),
    more=st.integers(0, 4000),
    u=st.floats(LOWEST, HIGHEST),
    v=st.floats(LOWEST, HIGHEST),
)
def test_binomial_rises_with_the_share_and_with_the_draw(n: int, part: int, more: int, u: float, v: float) -> None:
    """The same noise under a larger share never gives a smaller count: that is what makes two runs comparable."""
    low, high, count = min(part, more), max(part, more), np.array([n])
    first, second = np.array([min(u, v)]), np.array([max(u, v)])
    assert binomial(count, low, 4000, first)[0] <= binomial(count, high, 4000, first)[0]
    assert binomial(count, low, 4000, first)[0] <= binomial(count, low, 4000, second)[0]
    assert 0 <= binomial(count, high, 4000, second)[0] <= n


@given(
    n=st.integers(0, 100_000), other=st.integers(0, 100_000), part=st.integers(0, 4000), u=st.floats(LOWEST, HIGHEST)
)
def test_a_draw_does_not_depend_on_its_neighbours(n: int, other: int, part: int, u: float) -> None:
    """Whatever else is drawn in the same call, and however many, an answer is its own."""
    alone = binomial(np.array([n]), part, 4000, np.array([u]))[0]
    crowd = binomial(np.concatenate(([n], np.full(400, other))), part, 4000, np.full(401, u))
    assert crowd[0] == alone


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_certainty_leaves_nothing_to_chance(share: float) -> None:
    """A share of 0 or 1 gives none or all, for every draw."""
    n, u = np.arange(50), np.linspace(LOWEST, HIGHEST, 50)
    assert np.array_equal(binomial(n, share, 1.0, u), n * int(share))


@pytest.mark.parametrize("mean", [0.0, 0.003, 12.5, 700.0])
def test_the_most_that_poisson_can_answer_is_known(mean: float) -> None:
    """No draw, not even the last before 1, gives more."""
    assert poisson(mean, np.array([HIGHEST]))[0] <= poisson_most(mean)
