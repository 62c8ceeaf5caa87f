"""Measures that an instructor writes in SQL, objectives that nothing measures, points that plays expect."""

import shutil
from pathlib import Path

import pytest

from scorecards.grade import asked, grade
from scorecards.objectives import unlinked
from sim.errors import InvalidInput
from sim.expect import unmet
from sim.play import read_play
from sim.scenario.load import catalogue, find
from tests.scorecards.runs import judged
from tests.worlds import story


def copied(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """The tutorial with another key."""
    folder = tmp_path / "tutorial"
    shutil.copytree(find("tutorial"), folder)
    key = folder / "key.yaml"
    text = key.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    key.write_text(text, encoding="utf-8")
    return folder


def measure(sql: str) -> tuple[str, str]:
    return (
        "\nclues:\n",
        f'\nmeasures:\n  mine: {{says: "A measure.", axis: decisions, points: 8, sql: "{sql}"}}\n\nclues:\n',
    )


@pytest.mark.parametrize(
    ("sql", "earned", "possible", "words"),
    [
        ("SELECT count(*) = 20000 FROM orders WHERE voucher IS NULL AND id <= 20000", 8, 8, "100%"),
        ("SELECT count(*) = 1 FROM run_entries WHERE action = 'roll_back' AND at_s = 180", 8, 8, "100%"),
        ("SELECT count(*) = 0 FROM run_entries WHERE fact = 'Declared' AND what = 'SEV2'", 0, 8, "0%"),
        ("SELECT 1.0 * sum(failed) / sum(failed) / 4 FROM run_minutes WHERE endpoint = 'POST /orders'", 2, 8, "25%"),
        ("SELECT 'much'", 0, 0, "no number"),
        ("SELECT 7", 8, 8, "100%"),
        ("DELETE FROM orders", 0, 0, "Not answered"),
        ("SELECT * FROM read_csv('/etc/passwd')", 0, 0, "Not answered"),
        ("SELECT count(*) FROM elsewhere", 0, 0, "Not answered"),
    ],
)
def test_a_key_measures_in_sql(tmp_path: Path, sql: str, earned: float, possible: float, words: str) -> None:
    """Over rows, the journal and the counts, in the sandbox; an answer that is none counts for nothing and is said."""
    folder = copied(tmp_path, measure(sql))
    with story(folder) as now:
        card = grade(judged(now.session, read_play(folder / "plays" / "expert.yaml")))
    mine = next(one for one in card.findings if one.criterion == "mine")
    assert (mine.earned, mine.possible) == pytest.approx((earned, possible))
    assert words in mine.why


@pytest.mark.parametrize("scenario", list(catalogue()))
def test_every_objective_is_measured(scenario: str) -> None:
    """Each skill of the library names the criteria, or the SQL, that ask whether it was done."""
    assert not unlinked(find(scenario))


def test_an_objective_that_nothing_measures_is_a_problem_at_its_place(tmp_path: Path) -> None:
    """Said with line and column, as is a criterion that there is not, with the nearest that there is."""
    folder = copied(
        tmp_path, ("    measured_by: [before, looked_first]\n", ""), ("[reached, restored]", "[reached, restord]")
    )
    first, second = unlinked(folder)
    assert "nothing measures whether 'look-before-acting'" in first.what
    assert second.where.line > first.where.line > 1
    assert "restored" in second.hint


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ("{total: {min: 90}, diagnosis: {min: 80}}", []),
        ("{total: {max: 50}}", ["axes.total: expected at most 50, came out "]),
        ("{user_harm: {max: 10}, data_harm: 100}", ["axes.user_harm: expected at most 10, came out 100"]),
    ],
)
def test_a_play_says_what_its_points_should_be(tmp_path: Path, axes: str, words: list[str]) -> None:
    """`expect: axes:` is data of the play; whoever judges gives the numbers."""
    file = tmp_path / "play.yaml"
    text = (find("tutorial") / "plays" / "expert.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("expect:\n", f"expect:\n  axes: {axes}\n"), encoding="utf-8")
    play = read_play(file)
    assert play.expect is not None
    with story("tutorial") as now:
        now.session.follow(play)
        result = now.session.finish()
        missed = [str(one) for one in unmet(play.expect, result, asked(now.session, result))]
        assert not unmet(play.expect, result)
    assert len(missed) == len(words)
    assert all(one.startswith(word) for one, word in zip(missed, words, strict=True))


def test_an_axis_that_there_is_not_is_named_with_the_nearest(tmp_path: Path) -> None:
    """A mistake in the block is said before anything is run."""
    file = tmp_path / "play.yaml"
    file.write_text("scenario: tutorial\nsteps: []\nexpect: {axes: {diagnoses: {min: 5}}}\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="unknown axis 'diagnoses'"):
        read_play(file)
