"""The flag that only half the code knew: turning it off makes it worse, by computation."""

import pytest

from tests.worlds import story

CHECKOUT = "POST /api/checkout"


@pytest.mark.parametrize(
    ("percent", "share", "within"), [(10, 0.155, 0.015), (0, 0.17, 0.015), (50, 0.095, 0.015), (100, 0.02, 0.015)]
)
def test_the_share_of_failing_checkouts_follows_from_the_flag(percent: int, share: float, within: float) -> None:
    """Carts over $50, less those whose form always sends the field."""
    with story("ungated-flag") as now:
        now.at("9m", "set_flag", flag="discount_codes", percent=percent)
        tally = now.tally(CHECKOUT, "10m", "40m")
        assert tally.share == pytest.approx(share, abs=within)
        assert max(tally.errors, key=lambda name: tally.errors[name]) == "NullPointerException"


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_the_reflex_makes_it_worse_by_one_and_a_half_points(seed: int) -> None:
    """Same seed, ten percent against none: the old form sends no code."""
    with story("ungated-flag", seed) as left, story("ungated-flag", seed) as turned_off:
        turned_off.at("9m", "set_flag", flag="discount_codes", percent=0)
        worse = turned_off.failing(CHECKOUT, "10m", "40m") - left.failing(CHECKOUT, "10m", "40m")
        assert worse == pytest.approx(0.015, abs=0.005)


@pytest.mark.parametrize(("fix", "most"), [("gate-in-back-end", 0.004), ("null-check", 0.002)])
def test_the_fixes_heal(fix: str, most: float) -> None:
    """With the gate in the back end only the old apps of flagged users are left; with the null check nobody."""
    with story("ungated-flag") as now:
        now.at("9m", "order", fix=fix)
        now.at("40m", "deploy", service="shop", base="v2.4.0", add=[fix])
        assert now.failing(CHECKOUT, "45m", "60m") <= most


@pytest.mark.parametrize("way", [{"release": "v2.3.0"}, {"base": "v2.4.0", "drop": ["PR-914"]}])
def test_without_a_migration_the_way_back_is_good(way: dict[str, object]) -> None:
    """The release rolled back, or the discount change alone left out."""
    with story("ungated-flag") as now:
        now.at("9m", "deploy", service="shop", **way)
        assert now.failing(CHECKOUT, "14m", "24m") <= 0.002
