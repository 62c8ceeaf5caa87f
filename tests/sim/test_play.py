"""Reading plays: what is wrong is said all at once, at its place."""

from pathlib import Path

import pytest

from sim.actions.roll_back import RollBack
from sim.errors import InvalidInput
from sim.play import misfits, read_play, read_seed
from sim.scenario.load import find, load

GOOD = """\
scenario: not-null-column
seed: 7
steps:
  - {at: 9m, do: look, what: changelog}
  - {at: 12m, do: roll_back, service: shop, to: v2.3.0, predict: {errors: down, confidence: 80}}
expect: {outcome: timed_out, at: [{time: 25m, endpoint: POST /orders, failing: {min: 0.99}, with: "23502"}]}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "play.yaml"
    path.write_text(text)
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_play(written(tmp_path, text))
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_a_play_is_read_with_its_predictions_and_expectations(tmp_path: Path) -> None:
    """Every part of the format arrives as a value."""
    play = read_play(written(tmp_path, GOOD))
    assert play.scenario == "not-null-column"
    assert play.seed == 7
    assert play.steps[1].action == RollBack(service="shop", to="v2.3.0")
    assert play.steps[1].predict == {"errors": "down", "confidence": 80}
    assert play.expect is not None
    assert play.expect.moments[0].error == "23502"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        (
            "scenario: a\nsteps:\n  - {at: 5m, do: rol_back, service: s}\n",
            "play.yaml:3:18",
            "did you mean 'roll_back'?",
        ),
        (
            "scenario: a\nsteps:\n  - {at: 5m, do: resolve}\n  - {at: 4m, do: resolve}\n",
            "play.yaml:4:10",
            "time goes forward",
        ),
        ("scenario: a\nseed: many\n", "play.yaml:2:7", "is no seed"),
        ("scenario: a\nseed: -1\n", "play.yaml:2:7", "is no seed"),
        ("scenario: a\nsteps:\n  - {at: '1:30', do: resolve}\n", "play.yaml:3:10", "is not a duration"),
        ("scenario: a\nsteps:\n  - {do: resolve}\n", "play.yaml:3:5", "`at:` is missing"),
        ("scenario: a\nsteps:\n  - {at: 1m, do: set_flag, flag: f}\n", "play.yaml:3:5", "set_flag needs `percent:`"),
        (
            "scenario: a\nsteps:\n  - {at: 1m, do: set_flag, flag: f, percent: lots}\n",
            "play.yaml:3:5",
            "not a whole number",
        ),
        ("scenario: a\nsteps:\n  - {at: 1m, do: roll_back, servce: f}\n", "play.yaml:3:5", "did you mean 'service'?"),
        ("scenario: a\nstep: []\n", "play.yaml:2:1", "did you mean 'steps'?"),
        ("- 1\n", "play.yaml:1:1", "a play is a mapping"),
        ("scenario: a\nexpect: {outcome: won}\n", "play.yaml:2:19", "one of: resolved"),
        ("scenario: a\nexpect: {requests: {failed: {max: few}}}\n", "play.yaml:2:35", "not a number"),
    ],
)
def test_a_problem_has_its_place_and_the_next_step(tmp_path: Path, text: str, place: str, what: str) -> None:
    """file:line:col, what is wrong, and what to write instead."""
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(place + ":")
    assert what in problem


def test_all_problems_of_a_play_are_said_at_once(tmp_path: Path) -> None:
    """One pass mends the file."""
    text = "scenario: a\nseed: x\nsteps:\n  - {at: soon, do: look, what: logs}\n  - {at: 1m, do: fly}\n"
    assert len(problems(tmp_path, text)) == 3


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1e3", "x", " 7", "٣", "9223372036854775808"])
def test_a_seed_is_a_whole_number(text: str) -> None:
    """Nothing is guessed about a seed."""
    with pytest.raises(ValueError, match="is no seed"):
        read_seed(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("scenario: a\nexpect: {requests: {failed: {max: -3}}}\n", "nothing can lie between"),
        ("scenario: a\nexpect: {at: [{time: 5m, endpoint: x, failing: 2}]}\n", "nothing can lie between"),
        ("scenario: a\nsteps:\n  - {at: 1m, do: resolve, predict: {errors: sideways}}\n", "no prediction"),
        ("scenario: a\nsteps:\n  - {at: 1m, do: resolve, predict: {errors: up, confidence: 800}}\n", "no prediction"),
    ],
)
def test_what_can_never_hold_is_no_expectation(tmp_path: Path, text: str, what: str) -> None:
    """Nor is it a prediction."""
    (problem,) = problems(tmp_path, text)
    assert what in problem


def test_a_play_that_does_not_fit_its_scenario_is_refused_where_it_does_not(tmp_path: Path) -> None:
    """An endpoint that is not there and times after the end would pass for ever."""
    text = (
        "scenario: not-null-column\nsteps:\n  - {at: 900m, do: resolve}\n"
        "expect: {at: [{time: 600m, endpoint: POST /ordes, failing: {max: 0.1}}]}\n"
    )
    play = read_play(written(tmp_path, text))
    found = [str(problem) for problem in misfits(play, load(find("not-null-column"), 1).scenario)]
    assert [said.split("play.yaml:")[1].split(": ")[0] for said in found] == ["3:10", "4:22", "4:38"]
    assert "did you mean 'POST /orders'?" in found[2]
