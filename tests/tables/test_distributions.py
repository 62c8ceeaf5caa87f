"""Chance fills columns: margins are exact, ends are reached, and nothing depends on who asks."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.values import Choice, Drawn, Faked, Lognormal, Uniform
from sim.tables.distributions import sample
from sim.tables.population import stratified
from tests.tables.shop import shop


def drawn(spec: Drawn, u: list[float] | np.ndarray) -> list[str | None]:
    return sample(spec, np.asarray(u, dtype=np.float64), name="test", keys=shop()).texts()


def test_a_choice_takes_exactly_its_share_of_stratified_noise() -> None:
    """15 % of 4000 prototypes are 600, not about 600."""
    found = Counter(drawn(Choice(choice={"web": 0.85, "app": 0.15}), stratified("any", 4000)))
    assert found == {"web": 3400, "app": 600}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_a_choice_gives_each_value_its_weight(weights: list[int]) -> None:
    """Noise that is spread over a multiple of the total weight divides without remainder."""
    size = 10 * sum(weights)
    u = (np.arange(size) + 0.5) / size
    found = Counter(drawn(Choice(choice={str(place): weight for place, weight in enumerate(weights)}), u))
    assert [found[str(place)] for place in range(len(weights))] == [10 * weight for weight in weights]


@pytest.mark.parametrize(
    ("spec", "lowest", "highest"),
    [
        pytest.param({"uniform": [1, 6]}, "1", "6", id="whole numbers"),
        pytest.param({"uniform": ["2026-02-27", "2026-03-01"]}, "2026-02-27", "2026-03-01", id="dates"),
        pytest.param(
            {"uniform": ["2026-02-27 10:00", "2026-02-27 11:30"]},
            "2026-02-27 10:00:00", "2026-02-27 11:30:00", id="moments",
        ),
    ],
)  # fmt: skip
def test_a_uniform_reaches_both_ends(spec: dict[str, object], lowest: str, highest: str) -> None:
    """Both ends are possible, and nothing beyond them."""
    made = Uniform.model_validate(spec)
    assert drawn(made, [0.0, 1 - 2**-53]) == [lowest, highest]


def test_a_uniform_of_decimals_keeps_their_digits() -> None:
    """Ends of -0.05 and 0.10 give hundredths, written as PostgreSQL writes them."""
    from decimal import Decimal

    made = Uniform(uniform=(Decimal("-0.05"), Decimal("0.10")))
    assert drawn(made, [0.0, 5.5 / 16, 1 - 2**-53]) == ["-0.05", "0.00", "0.10"]


def test_a_lognormal_has_the_median_and_the_spread_it_was_given() -> None:
    """Half lie below the median, 84.13 % below one sigma above it."""
    made = Lognormal.model_validate({"lognormal": {"median": "42", "sigma": "0.8"}})
    values = np.array([float(text or 0) for text in drawn(made, (np.arange(20_000) + 0.5) / 20_000)])
    assert (values <= 42).mean() == pytest.approx(0.5, abs=0.001)
    assert (values <= 42 * np.exp(0.8)).mean() == pytest.approx(0.84134, abs=0.001)


def test_the_same_name_invents_the_same_people() -> None:
    """A pool depends on its name and on nothing else."""
    made = Faked(faker="name", pool=20)
    assert drawn(made, [0.1, 0.9]) == drawn(made, [0.1, 0.9])
    assert len(set(drawn(made, np.linspace(0, 0.999, 200)))) > 10
