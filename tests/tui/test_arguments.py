"""What commands take, and what they say to the rest."""

from pathlib import Path

import click
import pytest

from sim.errors import InvalidInput
from sim.play import SEED_MAX
from tui.arguments import MOMENT, NEW_FILE, SEED
from tui.plays import play_file, plays


@pytest.mark.parametrize(("text", "seed"), [("0", 0), ("7", 7), (str(SEED_MAX), SEED_MAX)])
def test_a_seed_is_a_whole_number(text: str, seed: int) -> None:
    """Both ends of the range are seeds."""
    assert SEED.convert(text, None, None) == seed


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "1e3", "0x10", "1_000", "٣", " 7", str(SEED_MAX + 1)])
def test_anything_else_is_no_seed(text: str) -> None:
    """A slip is answered with what a seed looks like."""
    with pytest.raises(click.BadParameter, match="write a whole number from 0"):
        SEED.convert(text, None, None)


@pytest.mark.parametrize(("text", "at_ms"), [("0s", 0), ("90s", 90_000), ("16m", 960_000), ("1h30m", 5_400_000)])
def test_a_moment_is_written_as_in_plays(text: str, at_ms: int) -> None:
    """The command line and the files spell time alike."""
    assert MOMENT.convert(text, None, None) == at_ms


@pytest.mark.parametrize("text", ["16", "1:30", "noon", ""])
def test_anything_else_is_no_moment(text: str) -> None:
    """A slip is answered with the way to write it."""
    with pytest.raises(click.BadParameter, match="is not a duration; write it like"):
        MOMENT.convert(text, None, None)


def test_a_file_that_cannot_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    """Nobody waits for a run whose result has nowhere to go."""
    with pytest.raises(click.BadParameter, match="is a folder"):
        NEW_FILE.convert(str(tmp_path), None, None)
    with pytest.raises(click.BadParameter, match="there is no folder"):
        NEW_FILE.convert(str(tmp_path / "no" / "run.csv"), None, None)
    assert NEW_FILE.convert(str(tmp_path / "run.csv"), None, None) == tmp_path / "run.csv"


@pytest.fixture(name="folder")
def a_scenario_with_plays(tmp_path: Path) -> Path:
    """A scenario's folder, as far as plays go."""
    (tmp_path / "plays").mkdir()
    for name in ("expert", "trap-naive-rollback"):
        (tmp_path / "plays" / f"{name}.yaml").write_text("scenario: x\n", encoding="utf-8")
    return tmp_path


def test_a_play_is_a_path_or_one_of_the_scenarios_own(folder: Path, tmp_path: Path) -> None:
    """A bare name means the scenario's play; everything else is a path, to be judged by whoever reads it."""
    assert plays(folder) == ["expert", "trap-naive-rollback"]
    assert play_file(folder, "expert") == folder / "plays" / "expert.yaml"
    assert play_file(folder, "mine.yaml") == Path("mine.yaml")
    assert play_file(folder, "./expert") == Path("./expert")
    assert play_file(folder, "../expert") == Path("../expert")


def test_an_unknown_play_is_answered_with_the_nearest(folder: Path) -> None:
    """A slip in a play's name costs one more line, not a search."""
    with pytest.raises(InvalidInput, match="did you mean 'expert'"):
        play_file(folder, "exprt")
    with pytest.raises(InvalidInput, match="comes with: expert, trap-naive-rollback"):
        play_file(folder, "qqqq")
