"""What a scenario leaves to the seed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.clock import millis
from sim.scenario.load import find, load
from sim.scenario.nodes import parse
from sim.scenario.params import fill
from tests.scenario.drafts import draft, place_of, said


def drawn(param: str, seed: int) -> str:
    """What this seed draws for one param."""
    return fill(parse(f"params: {{x: {param}}}\nuse: '${{x}}'\n", "x.yaml"), seed).params["x"]


def test_the_same_seed_draws_the_same() -> None:
    """A seed is a world: its params never depend on anything else."""
    path = find("not-null-column")
    assert [load(path, seed).params for seed in range(20)] == [load(path, seed).params for seed in range(20)]
    assert {load(path, seed).params["report_runs"] for seed in range(40)} == {"0m", "35m", "60m"}


def test_a_param_reaches_the_scenario() -> None:
    """What was drawn stands in the model as if it had been written there."""
    path = find("not-null-column")
    for seed in range(10):
        loaded = load(path, seed)
        assert loaded.scenario.database.sessions[0].lasts == millis(loaded.params["report_runs"])


def test_weights_decide_how_often_a_value_is_drawn() -> None:
    """Three quarters of the seeds draw the value that weighs three of four."""
    seeds = 4000
    often = sum(drawn("{choice: {a: 3, b: 1}}", seed) == "a" for seed in range(seeds))
    assert abs(often / seeds - 0.75) < 0.03


@pytest.mark.parametrize(("param", "among"), [
    pytest.param("{range: [1, 3]}", {"1", "2", "3"}, id="whole numbers, both ends possible"),
    pytest.param("{range: [0.13, 0.15]}", {"0.13", "0.14", "0.15"}, id="hundredths"),
    pytest.param("{range: [0.1, 0.12]}", {"0.10", "0.11", "0.12"}, id="as fine as the finer end"),
    pytest.param("{range: [1m, 1m2s]}", {"1m", "1m1s", "1m2s"}, id="whole seconds"),
    pytest.param("{range: [1ms, 3ms]}", {"1ms", "2ms", "3ms"}, id="milliseconds where the ends have them"),
    pytest.param("{choice: [a, b]}", {"a", "b"}, id="a list"),
    pytest.param("{choice: {null: 1, true: 1, 1.50: 1}}", {"null", "true", "1.50"}, id="values that are no text"),
])  # fmt: skip
def test_a_range_is_drawn_as_finely_as_it_is_written(param: str, among: set[str]) -> None:
    """Few enough values that every one can be rehearsed."""
    assert {drawn(param, seed) for seed in range(100)} == among


def test_a_param_may_stand_inside_a_text_and_more_than_once() -> None:
    """`$${` is how a plain `${` is written."""
    document = parse("params: {x: {choice: [orders]}}\nsql: SELECT '${x}', '$${x}' FROM ${x}\n", "x.yaml")
    assert fill(document, 0).data["sql"] == "SELECT 'orders', '${x}' FROM orders"


def test_places_are_found_around_a_param() -> None:
    """A longer or shorter value does not move what stands behind it in the file."""
    source = "params: {x: {choice: [a_very_long_name]}}\nsql: SELECT ${x} FROM ${x} WHERE z\n"
    filled = fill(parse(source, "x.yaml"), 0)
    offset = filled.data["sql"].index("WHERE")
    mark = filled.marks.within(("sql",), offset)
    assert source.split("\n")[1][mark.column - 1 :] == "WHERE z"
    mark = filled.marks.within(("sql",), filled.data["sql"].index("long"))
    assert source.split("\n")[1][mark.column - 1 :].startswith("${x} FROM")


def test_mistakes_with_params_are_said(tmp_path: Path) -> None:
    """Unknown, unused and in a key; a param that is written wrongly is said once, not wherever it is used."""
    found = said(draft(tmp_path, ('"${report_runs}"', '"${raport_runs}"')))
    assert found == [
        (place_of("report_runs:"), "nothing uses the param 'report_runs'", "write ${report_runs} where it matters"),
        (place_of('"${report_runs}"', skip=1), "there is no param 'raport_runs'", "did you mean 'report_runs'?"),
    ]
    found = said(draft(tmp_path, ("report_runs: {choice:", "report_runs: {chois:")))
    assert [(place, what) for place, what, _ in found] == [
        (place_of("report_runs: {choice", skip=13), "report_runs: this does not say how the value is drawn")
    ]
    found = said(draft(tmp_path, ("  dba:", "  ${report_runs}:")))
    assert "a param in a key ('${report_runs}')" in [what for _, what, _ in found]


def test_a_drawn_value_is_checked_like_a_written_one(tmp_path: Path) -> None:
    """Every value that a seed may draw passes the same validation, at the place where it is used."""
    found = said(draft(tmp_path, ("{choice: {0m: 0.7, 35m: 0.15, 60m: 0.15}}", "{choice: [1:30]}")))
    assert [(place, what) for place, what, _ in found] == [
        (place_of('"${report_runs}"'), "for: '1:30' is not a duration")
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(-(2**63), 2**63))
def test_any_whole_number_is_a_seed(seed: int) -> None:
    """Also a negative one, and one of twenty digits."""
    assert drawn("{range: [1, 9]}", seed) in set("123456789")
