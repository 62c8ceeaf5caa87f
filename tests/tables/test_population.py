"""The prototypes of an endpoint: exact margins, one variant for each answer of the flags."""

from collections import Counter

import pytest

from sim.errors import NotModelled
from sim.scenario.values import Choice, Derived, Drawn, IfFlag, NextOf, RowOf
from sim.tables.population import draw, first_fresh
from tests.tables.shop import shop

FILLS = shop()
CODE = IfFlag.model_validate({"if_flag": "codes", "then": {"choice": {"": 0.7, "SAVE10": 0.3}}, "else": None})
REQUEST: dict[str, Drawn] = {
    "customer_id": RowOf(row_of="customers"),
    "id": NextOf(next_of="orders"),
    "channel": Choice(choice={"web": 0.85, "app": 0.15}),
    "total": Derived(sql="1 + 1"),
    "code": CODE,
}


def test_margins_are_exact() -> None:
    """Of 4000: 600 app, and 40 in each flag bucket."""
    population = draw(FILLS, REQUEST, "POST /orders").answer(frozenset()).population
    assert Counter(population.columns["channel"]) == {"web": 3400, "app": 600}
    assert set(Counter(population.columns["bucket"]).values()) == {40}
    assert sorted(set(population.columns["bucket"])) == list(range(100))  # type: ignore[type-var]


def test_each_answer_of_a_flag_is_a_variant() -> None:
    """The flag changes what it is asked about and nothing else."""
    requests = draw(FILLS, REQUEST, "POST /orders")
    off, on = requests.answer(frozenset()), requests.answer(frozenset({"codes", "something else"}))
    assert Counter(on.population.columns["code"]) == {"": 2800, "SAVE10": 1200}
    assert set(off.population.columns["code"]) == {None}
    assert off.population.kinds["code"] == "text"
    for name in ("customer_id", "channel", "bucket"):
        assert off.population.digest(name) == on.population.digest(name)


def test_the_order_of_the_file_is_kept_and_derived_values_are_left_out() -> None:
    """The judge derives them, in this order."""
    requests = draw(FILLS, REQUEST, "POST /orders")
    assert requests.names == ("customer_id", "id", "channel", "total", "code", "bucket")
    assert requests.answer(frozenset()).derived == (("total", "1 + 1"),)
    assert "total" not in requests.answer(frozenset()).population.columns


def test_fresh_keys_begin_where_the_rows_end() -> None:
    """Each is one higher, and none is a row's."""
    requests = draw(FILLS, REQUEST, "POST /orders")
    assert requests.fresh == {"id": "orders"}
    assert list(requests.answer(frozenset()).population.columns["id"]) == list(range(2001, 6001))
    assert first_fresh(FILLS, "orders") == 2001


def test_another_endpoint_draws_other_values() -> None:
    """Noise is keyed by endpoint and attribute."""
    one, other = (draw(FILLS, REQUEST, name).answer(frozenset()).population for name in ("a", "b"))
    assert one.digest("channel") != other.digest("channel")


def test_more_than_three_flags_are_refused() -> None:
    """Sixteen variants of an endpoint would be judged apart."""
    nested: Drawn = 1
    for flag in "abcd":
        nested = IfFlag.model_validate({"if_flag": flag, "then": nested, "else": 0})
    with pytest.raises(NotModelled, match="depend on 4 flags"):
        draw(FILLS, {"x": nested}, "GET /")


def test_bucket_is_taken() -> None:
    """An attribute of that name would hide the flag bucket."""
    with pytest.raises(NotModelled, match="flag bucket"):
        draw(FILLS, {"bucket": 1}, "GET /")
