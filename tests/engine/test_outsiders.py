"""What somebody who edits a scenario meets: SQL that fails by itself, and the hour of the machine."""

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from tests.worlds import edited, story


@pytest.mark.parametrize(("guard", "fails"), [
    pytest.param("now() >= timestamptz '2026-07-01'", False, id="after the story's day"),
    pytest.param("now() < timestamptz '2026-07-01'", True, id="on the story's day"),
])  # fmt: skip
def test_the_current_time_in_a_guard_is_the_story_s(tmp_path: Path, *, guard: str, fails: bool) -> None:
    """The same run on another day finds the same."""
    folder = edited(tmp_path, "not-null-column", ("when: utm_source IS NULL\n", f"when: {guard}\n"))
    with story(folder) as now:
        assert (now.failing("POST /orders", "15m", "20m") > 0.9) == fails


@pytest.mark.parametrize(("guard", "error"), [
    pytest.param("1/0 = 1", "22012", id="a constant"),
    pytest.param("5 / (1 - 1) > length(channel)", "22012", id="a constant part"),
    pytest.param("CAST('x' AS integer) = 1", "22P02", id="a cast"),
])  # fmt: skip
def test_a_guard_that_fails_by_itself_fails_each_request(tmp_path: Path, *, guard: str, error: str) -> None:
    """The planner computes what is constant before any request comes; to a request it is the same refusal."""
    folder = edited(tmp_path, "not-null-column", ("when: utm_source IS NULL\n", f"when: {guard}\n"))
    with story(folder) as now:
        tally = now.tally("POST /orders", "15m", "20m")
    assert tally.errors[error] > 0.99 * tally.total


def test_a_value_that_fails_by_itself_fails_those_who_come_to_it(tmp_path: Path) -> None:
    """Requests that the guard before it stops keep their own error."""
    failing = (
        '          set: {metadata: "jsonb_build_object',
        '          set: {d: "1 / 0", metadata: "jsonb_build_object',
    )
    with story(edited(tmp_path, "not-null-column", failing)) as now:
        tally = now.tally("POST /orders", "15m", "20m")
    assert tally.errors["IllegalStateException"] > 0
    assert tally.errors["22012"] + tally.errors["IllegalStateException"] > 0.99 * tally.total


@pytest.mark.parametrize(("sql", "state"), [
    pytest.param("(1 / 0)::text", "22012", id="for every row"),
    pytest.param("(1 / ((id - 7) / 1000000000))::text", "22012", id="for some rows"),
])  # fmt: skip
def test_a_fill_that_fails_is_a_mistake_at_its_place(tmp_path: Path, *, sql: str, state: str) -> None:
    """Rows that cannot be computed are said where the author wrote them."""
    edit = ("status: {choice: {paid: 0.9, pending: 0.07, cancelled: 0.03}}", f'status: {{sql: "{sql}"}}')
    folder = edited(tmp_path, "not-null-column", edit)
    with pytest.raises(InvalidInput) as caught, story(folder) as now:
        now.failing("POST /orders", "15m", "16m")
    (problem,) = caught.value.problems
    assert (problem.where.line, problem.where.column) == (36, 17)
    assert f"{state} division by zero" in problem.what
