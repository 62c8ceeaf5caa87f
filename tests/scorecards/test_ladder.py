"""The order that scores keep, on a few seeds; `make ladder` asks it of every scenario over many."""

import pytest

from scorecards.findings import Axis, AxisScore, Card, band
from scorecards.ladder import HALF, MUTE, Table, broken, games, lines, main, played
from scorecards.references import main as references
from sim.errors import ExitCode
from sim.scenario.load import find

SCENARIOS = ["tutorial", "not-null-column"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scores_keep_their_order(scenario: str) -> None:
    """Expert, accepted ways, half measures, and below the mark what tempts, waits or games."""
    assert not [*broken(played(find(scenario), [1, 2]))]


def card(score: float, *, passed: bool | None = None, **axes: float) -> Card:
    scores = {axis: AxisScore(axes.get(axis.value, score), band(axes.get(axis.value, score))) for axis in Axis}
    return Card(scores, score, passed=score >= 60 if passed is None else passed)


def table(**changes: Card) -> Table:
    """A ladder in order, but for what is changed."""
    cards = {
        "expert": card(95), "alt-one": card(80), MUTE: card(62), HALF: card(50), "do-nothing": card(33),
        "trap-one": card(30, user_harm=20), "degenerate-one": card(28),
    }  # fmt: skip
    cards |= {name.replace("_", "-"): one for name, one in changes.items()}
    return Table("made-up", {"trap-one": "user_harm"}, {name: [one, one] for name, one in cards.items()})


def test_a_ladder_in_order_has_nothing_to_say() -> None:
    """So that what the next ones find is what was changed."""
    assert not [*broken(table())]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alt_one": card(99)}, "alt-one beats the expert"),
        ({"alt_one": card(61)}, "alt-one does not lead partial: mute"),
        ({"alt_one": card(70, passed=False)}, "alt-one does not pass"),
        ({"trap_one": card(55, user_harm=20)}, "partial: half does not lead trap-one"),
        ({"trap_one": card(61, user_harm=20)}, "trap-one reaches the pass mark"),
        ({"trap_one": card(30, user_harm=40)}, "trap-one damages user_harm, and doing nothing is not above it"),
        ({"degenerate_one": card(28, user_harm=40)}, "degenerate-one gains on user_harm"),
    ],
)
def test_a_broken_rung_is_named(changes: dict[str, Card], words: str) -> None:
    """One thing out of order, one sentence that says which."""
    assert any(sentence.startswith(words) for sentence in broken(table(**changes)))


def test_a_game_is_played_for_an_axis() -> None:
    """Words for trust, a flurry for decisions, hiding for the users' peace."""
    assert [games(name) for name in ("made: resolve at once", "made: spam every action", "degenerate-silence")] == [
        Axis.COMMUNICATION, Axis.DECISIONS, Axis.USER_HARM,
    ]  # fmt: skip


def test_the_table_shows_the_best_first() -> None:
    """By total, with the interval and the axes."""
    shown = list(lines(table()))
    assert shown[1].split()[0] == "expert"
    assert shown[-1].split()[0] == "degenerate-one"


def test_the_command_says_by_its_exit_code_whether_every_rung_holds() -> None:
    """For a pipeline: 0 when the order holds."""
    said: list[str] = []
    assert main(["--seeds", "1", "tutorial"], said.append) == ExitCode.PASSED
    assert said[-1] == "every rung holds"


def test_the_known_figures_are_what_the_plays_give(capsys: pytest.CaptureFixture[str]) -> None:
    """A par.json that is older than its plays is found."""
    assert references(["--compare", "tutorial"]) == ExitCode.PASSED, capsys.readouterr().out
