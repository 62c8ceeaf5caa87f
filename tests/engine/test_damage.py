"""Kinds of wrong rows have names: each is counted apart, and what is done, expected and told may speak of each."""

import shutil
from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.play import misfits, read_play
from sim.scenario.load import load
from tests.worlds import story

HERE = Path(__file__).parent / "breadth"
ONE = "wrong: SELECT id FROM users WHERE NOT email_verified\n"
NAMED = """wrong:
  asked_again: SELECT id FROM users WHERE NOT email_verified
  odd: SELECT id FROM users WHERE email_verified AND id % 2 = 1
  gone: SELECT id FROM users WHERE missing
"""


def scenario(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    folder = tmp_path / "breadth"
    shutil.copytree(HERE, folder)
    file = folder / "scenario.yaml"
    text = file.read_text()
    for before, after in ((ONE, NAMED), *changes):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)
    return folder


def test_each_kind_is_counted_apart_and_the_sum_as_before(tmp_path: Path) -> None:
    """Where a column that a kind reads is gone, there is nothing of it."""
    with story(scenario(tmp_path), 3) as now:
        now.at("1m", "run_sql", sql="UPDATE users SET email_verified = true WHERE id <= 100")
        now.at("2m", "stand_down")
        result = now.session.finish()
    wrong = result.as_json()["data"]["wrong"]
    assert wrong["gone"] == 0
    assert wrong["odd"] == pytest.approx(8500, abs=200)
    assert result.data["rows_wrong"] == wrong["asked_again"] + wrong["odd"]
    assert any("asked again" in line and "odd" in line for line in result.summary())


def test_a_single_query_has_no_name_and_no_line_of_its_own() -> None:
    """What came before stays as it was."""
    with story(HERE, 3) as now:
        now.at("1m", "stand_down")
        result = now.session.finish()
    assert result.data["rows_wrong"] > 0
    assert "wrong" not in result.as_json()["data"]
    assert not any(line.startswith("wrong:") for line in result.summary())


@pytest.mark.parametrize(("most", "outcome"), [(10, "timed_out"), (20_000, "resolved")])
def test_done_may_bound_one_kind(tmp_path: Path, most: int, outcome: str) -> None:
    """However many there are of another."""
    folder = scenario(
        tmp_path, ("sql: [visits_have_users], hold: 5m}", f"data: {{wrong: {{odd: {most}}}}}, hold: 5m}}")
    )
    with story(folder, 3) as now:
        now.at("20m")
        assert now.session.engine.outcome(abandoned=False)[0] == outcome


def test_a_name_that_there_is_not_is_said_with_the_nearest(tmp_path: Path) -> None:
    """In what is done, and in what a play expects."""
    folder = scenario(tmp_path, ("hold: 5m}", "hold: 5m, data: {wrong: {asked_agian: 0}}}"))
    with pytest.raises(InvalidInput, match="asked_again"):
        load(folder, 3)
    play = tmp_path / "play.yaml"
    play.write_text("scenario: breadth\nsteps: []\nexpect: {data: {wrong: {od: 0, asked_again: {max: 5}}}}\n")
    good = load(HERE, 3).scenario.model_copy(update={"wrong": {"odd": "SELECT 1", "asked_again": "SELECT 1"}})
    (problem,) = misfits(read_play(play), good)
    assert "'odd'" in str(problem)
