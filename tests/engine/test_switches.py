"""The story switches pools and scales them; the day on which it does not is a good one."""

# ruff: noqa: E501 - a row of a table stays a row

from pathlib import Path

import pytest

from sim.check import check
from sim.facts import Refused, ScaleBegan, TrafficShifted
from tests.scenario.drafts import said
from tests.worlds import Story, edited, story

ORDERS, ACCOUNTS = "POST /orders", "GET /customers/{id}"
BLUE = "  blue: {release: v6.1.0, instances: 12, weight: 100}\n"
GREEN = "  green: {release: v6.1.0, instances: 12, weight: 0}\n"
SCALE = "{at: 2m, scale: 2, service: shop, pool: blue}"
SHIFT = "{when: {deployed: v6.2.0}, shift_traffic: {from: blue, to: green}, service: shop}"


def pools(now: Story) -> dict[str, tuple[int, int]]:
    """Instances and weight of each pool."""
    state = now.session.engine.world.serving["shop"]
    return {slot.pool: (slot.instances, slot.weight) for slot in state.slots if slot.instances}


def test_a_release_comes_to_a_pool_and_the_traffic_follows() -> None:
    """Blue serves while green gets its release; after the switch green does, and what it brings can be seen."""
    with story("blue-green-switch", 2) as now:
        now.at("44s")
        assert pools(now)["blue"] == (12, 100)
        assert now.tally(ORDERS, "0s", "44s").share <= 0.002
        now.at("7m")
        assert pools(now) == {"blue": (2, 0), "green": (12, 100)}
        assert now.failing(ORDERS, "1m", "7m") == pytest.approx(0.125, abs=0.01)
        assert now.failing(ACCOUNTS, "0s", "7m") <= 0.002


@pytest.mark.parametrize("seed", [1, 2])
def test_the_point_of_no_return_lies_before_the_handover_or_well_after(seed: int) -> None:
    """In some incidents the old column is gone when the trainee comes, in most it can still be kept."""
    with story("blue-green-switch", seed) as now:
        now.at("7m")
        gone = now.session.engine.world.migrations.get("0051_drop_phone") == "applied"
        assert gone is (now.session.loaded.params["contract_after"] == "5m")
        assert gone is (seed == 1)
        now.at("22m")
        assert now.session.engine.world.migrations["0051_drop_phone"] == "applied"


def test_what_the_old_version_wrote_before_the_contract_is_not_lost() -> None:
    """The contract copies before it drops."""
    with story("blue-green-switch", 1) as now:
        now.at("7m")
        found = now.session.engine.rows.data().totals()
        assert found["rows_lost"] == 0


def test_a_switch_that_the_world_refuses_does_not_happen(tmp_path: Path) -> None:
    """Nothing is left on blue to move, and nobody is told a refusal that is not theirs."""
    again = f"{SHIFT}\n  - {{at: 3m, shift_traffic: {{from: blue, to: green}}, service: shop}}"
    with story(edited(tmp_path, "blue-green-switch", (SHIFT, again)), 2) as now:
        now.at("5m")
        assert len(now.facts(TrafficShifted)) == 1
        assert len(now.facts(ScaleBegan)) == 1
        assert now.facts(Refused) == []


def test_a_part_of_the_traffic_may_go(tmp_path: Path) -> None:
    """A canary gets a tenth."""
    part = SHIFT.replace("to: green}", "to: green, percent: 10}")
    with story(edited(tmp_path, "blue-green-switch", (SHIFT, part), (f"  - {SCALE}\n", "")), 2) as now:
        now.at("5m")
        assert pools(now) == {"blue": (12, 90), "green": (12, 10)}
        assert now.failing(ORDERS, "1m", "5m") == pytest.approx(0.0125, abs=0.005)


def test_a_pool_that_opens_with_what_is_bad_has_no_good_day(tmp_path: Path) -> None:
    """The gate means the day on which the release did not come; here it is there already, and the way out is said."""
    worse = (
        BLUE + GREEN,
        BLUE.replace("100", "0") + GREEN.replace("v6.1.0", "v6.2.0").replace("weight: 0", "weight: 100"),
    )
    problems = check(edited(tmp_path, "blue-green-switch", worse), quick=True).problems
    bad = [problem for problem in problems if "fail with NoRateForCountry" in problem.what]
    assert bad
    assert "comes by the story" in bad[0].hint


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        (SHIFT, SHIFT.replace("from: blue", "from: bleu"), "there is no pool 'bleu'", "'blue'?"),
        (SHIFT, SHIFT.replace("to: green", "to: blue"), "from and to are the same pool", "two pools"),
        (SHIFT, SHIFT.replace("to: green}", "to: green, percent: 0}"), "is too small", "at least 1"),
        (SHIFT, SHIFT.replace("service: shop", "service: shop, pool: blue"), "`pool:` belongs to a deploy or a scale", ""),
        (SCALE, SCALE.replace(", pool: blue", ""), "there are several pools", "one of: blue, green"),
        (SCALE, SCALE.replace("pool: blue", "pool: red"), "there is no pool 'red'", "blue"),
        (SCALE, "{at: 2m, message: {from: dba, text: x}, service: shop}", "`service:` belongs to a deploy", ""),
        (SCALE, SCALE.replace("scale: 2", "scale: 2, deploy: v6.1.0"), "a line of the story does one thing", "scale"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_switch_is_said(tmp_path: Path, old: str, new: str, what: str, hint: str) -> None:
    """One problem each, with the next step."""
    found = said(edited(tmp_path, "blue-green-switch", (old, new)))
    assert len(found) == 1, found
    assert what in found[0][1], found
    assert hint in f"{found[0][1]} {found[0][2]}"
