"""The whole language: what is written is what the model holds."""

from decimal import Decimal
from pathlib import Path

import pytest

from sim.faults.slow_database import SlowDatabase
from sim.faults.surge import Surge
from sim.scenario.load import catalogue, find, load
from sim.scenario.values import Between, Choice, Faked, IfFlag, Text, Uniform, literal

LANGUAGE = Path(__file__).with_name("language.yaml")


def test_every_block_of_the_language_is_read() -> None:
    """A file with each block once loads, and its values arrive as what they are."""
    scenario = load(LANGUAGE).scenario
    shop = scenario.services["shop"]
    assert (scenario.clock.limit, shop.pool.timeout) == (6_000_000, 5_000)
    assert scenario.database.tables["orders"].rows == 400_000
    assert scenario.database.tables["orders"].fill["day"] == Uniform(uniform=("2025-01-01", "2026-03-12"))
    assert scenario.database.sessions[0].start == -180_000
    request = shop.endpoints["POST /orders"].request
    code = IfFlag(if_flag="discount_codes", then=Choice(choice={"": 0.7, "SAVE10": 0.3}))
    assert request["code"] == code
    assert scenario.fixes["tolerate-missing-utm"].build == Between(range=("25m", "50m"))
    assert scenario.fixes["tolerate-missing-utm"].revises == ("PR-905",)
    assert scenario.fixes["move-callers"].build == 1_200_000
    assert scenario.people["dba"].name == Faked(faker="name")
    assert scenario.done.by == 5_700_000


def test_null_takes_a_key_away() -> None:
    """An unquoted null is written, and is no value: that is how a change removes what another raised."""
    step = load(LANGUAGE).scenario.fixes["tolerate-missing-utm"].steps["POST /orders"]["build_metadata"]
    assert step.raises is None
    assert step.model_fields_set == {"raises"}


def test_a_fault_says_its_kind_and_its_values() -> None:
    """The engine asks a fault for both."""
    faults = [line.fault for line in load(LANGUAGE).scenario.story if line.fault]
    assert [fault.kind for fault in faults] == [
        "slow_database", "crash", "outage", "surge", "replica_lag", "stuck_pipeline", "no_answer", "false_alert",
    ]  # fmt: skip
    assert faults[0].spec == SlowDatabase(factor=3)
    assert faults[3].spec == Surge(factor=2.5, endpoint="POST /orders")


def test_params_reach_lists_and_numbers() -> None:
    """A release may be made of what the seed drew."""
    drawn = {load(LANGUAGE, seed).scenario.releases["v2.4.1"] for seed in range(20)}
    assert drawn == {("PR-903",), ("PR-905",)}


@pytest.mark.parametrize(("text", "value"), [
    pytest.param(Text("1:30", plain=True), "1:30", id="a clock face is text"),
    pytest.param(Text("off", plain=True), "off", id="off is text"),
    pytest.param(Text("1.10", plain=True), Decimal("1.10"), id="decimals keep their digits"),
    pytest.param(Text("400_000", plain=True), 400_000, id="digits may be grouped"),
    pytest.param(Text("010", plain=True), 10, id="no octal"),
    pytest.param(Text("null", plain=True), None, id="null"),
    pytest.param(Text("true", plain=True), True, id="true"),
    pytest.param(Text("null"), "null", id="quoted is text"),
    pytest.param(Text("1"), "1", id="a quoted digit is text"),
    pytest.param(Text("1e5", plain=True), "1e5", id="no exponents"),
])  # fmt: skip
def test_a_scalar_is_what_it_looks_like(text: Text, value: object) -> None:
    """Without YAML's surprises."""
    assert literal(text) == value
    assert type(literal(text)) is type(value)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_scenarios_that_come_along_are_sound(name: str) -> None:
    """Each loads for many seeds, under its own name, with a briefing and a source tree to read."""
    for seed in range(25):
        loaded = load(find(name), seed)
        assert loaded.scenario.id == name == loaded.folder.name
    assert loaded.briefing.startswith("# ")
    trees = {service.source for service in loaded.scenario.services.values()} - {None}
    assert trees
    for tree in trees:
        assert len([path for path in (loaded.folder / str(tree)).rglob("*") if path.is_file()]) >= 5


def test_a_scenario_is_found_by_id_folder_and_file(tmp_path: Path) -> None:
    """All three mean the same scenario."""
    folder = find("not-null-column")
    by_file = load(folder / "scenario.yaml")
    assert find(str(folder)) == folder
    assert load(folder).scenario == by_file.scenario == load(find(str(folder / "scenario.yaml"))).scenario
    assert load(folder).folder == by_file.folder
