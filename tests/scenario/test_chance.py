"""SQL that answers differently each time it is asked has no place where a run asks it again."""

# ruff: noqa: E501 - a row of a table stays a row

from pathlib import Path

import pytest

from tests.scenario.drafts import draft, place_of, said

_GUARD = "when: utm_source IS NULL"


@pytest.mark.parametrize(("old", "new", "skip", "name"), [
    pytest.param(_GUARD, "when: random() < 0.5 AND utm_source IS NULL", 6, "random", id="a guard"),
    pytest.param(_GUARD, "when: pg_catalog.RANDOM () < 0.5", 17, "random", id="a schema, capitals and a blank"),
    pytest.param('set: {metadata: "jsonb', 'set: {metadata: "gen_random_uuid()::text || jsonb', 17, "gen_random_uuid", id="a set"),
    pytest.param("VALUES ($id,", "VALUES (nextval('s'),", 8, "nextval", id="a step's statement"),
    pytest.param("facts: SELECT id,", "facts: SELECT random(), id,", 14, "random", id="the facts"),
    pytest.param("channel: {choice: {web: 0.85, app: 0.15}}", 'channel: {sql: "timeofday()"}', 16, "timeofday", id="an attribute"),
    pytest.param("status: {choice: {", 'status: {sql: "random()::text"}\n        other: {choice: {', 15, "random", id="a fill"),
])  # fmt: skip
def test_what_differs_at_each_call_is_refused_at_its_place(
    tmp_path: Path, *, old: str, new: str, skip: int, name: str
) -> None:
    """Two runs with one seed would not be the same, so it is said when the scenario is read."""
    found = {place: what for place, what, _ in said(draft(tmp_path, (old, new)))}
    assert found[place_of(old, skip=skip)] == f"{name}() gives another value at each call"


@pytest.mark.parametrize(("old", "new"), [
    pytest.param(_GUARD, f"{_GUARD} AND now() > '2020-01-01'", id="the current time"),
    pytest.param(_GUARD, "when: utm_source IS NULL -- random()", id="a comment"),
    pytest.param(_GUARD, "when: utm_source = 'random()'", id="a string"),
    pytest.param("status text NOT NULL", "status text NOT NULL DEFAULT gen_random_uuid()", id="a column's default"),
])  # fmt: skip
def test_what_does_not_differ_is_accepted(tmp_path: Path, old: str, new: str) -> None:
    """The story's own time, words that only look like a call, and what a column is given by default."""
    assert said(draft(tmp_path, (old, new))) == []


def test_a_sample_of_rows_is_refused(tmp_path: Path) -> None:
    """TABLESAMPLE draws, without calling a function."""
    edit = ("facts: SELECT id, order_metadata FROM orders", "facts: SELECT id FROM orders TABLESAMPLE system (1)")
    assert "TABLESAMPLE draws other rows each time" in [what for _, what, _ in said(draft(tmp_path, edit))]
