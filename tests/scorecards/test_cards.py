"""The card of runs whose worth is known, from the run itself and from its journal."""

from dataclasses import replace
from pathlib import Path

import pytest

from scorecards.findings import PASS_MARK, Axis, AxisScore, Band, Card, Finding, band
from scorecards.grade import grade
from scorecards.run import Run
from sim.play import read_play
from sim.scenario.load import find
from tests.scorecards.runs import did, judged, own
from tests.worlds import story


@pytest.mark.parametrize(
    ("score", "expected"),
    [(100, Band.P), (80, Band.P), (79.9, Band.S), (60, Band.S), (59.9, Band.M), (40, Band.M), (0, Band.U)],
)
def test_bands_have_their_bounds(score: float, expected: Band) -> None:
    """Both sides of each bound."""
    assert band(score) is expected


def test_an_axis_is_the_share_of_its_points() -> None:
    """Criteria that do not apply have no points, and no part in it."""
    some = (Finding("a", Axis.DECISIONS, 3, 4, ""), Finding("b", Axis.DECISIONS, 0, 0, ""))
    assert AxisScore.of(some) == AxisScore(75.0, Band.S)


def test_the_expert_passes_and_nobody_else_does_who_leaves_it_broken() -> None:
    """Five axes side by side; what is not resolved stays below the mark."""
    plays = ("expert", "trap-naive-rollback", "do-nothing")
    expert, naive, waiting = (grade(own("not-null-column", play)) for play in plays)
    assert expert.passed
    assert expert.score > 90
    assert naive.axes[Axis.USER_HARM].score < waiting.axes[Axis.USER_HARM].score
    assert not naive.passed
    assert max(naive.score, waiting.score) < PASS_MARK


def test_who_looks_and_talks_well_and_mends_nothing_does_not_pass() -> None:
    """The total of a run that is not resolved is cut below the mark."""
    run = own("not-null-column", "expert")
    unresolved = replace(run, result=replace(run.result, outcome="timed_out", resolved_at_ms=None))
    card = grade(unresolved)
    assert card.axes[Axis.DIAGNOSIS].score > 80
    assert (card.score < PASS_MARK, card.passed) == (True, False)


def test_a_journal_gives_the_card_of_its_run(tmp_path: Path) -> None:
    """Nothing in a file is believed: it is played again, and every finding is the same."""
    journal, play = tmp_path / "run.jsonl", read_play(find("tutorial") / "plays" / "expert.yaml")
    from sim.session import Session

    with Session.open(find("tutorial"), 7, journal=journal) as session:
        card = grade(judged(session, play))
    assert grade(Run.read(journal)) == card


def test_weights_decide_what_an_axis_is_worth() -> None:
    """A key that leaves an axis out leaves it out of the total."""
    run = own("tutorial", "do-nothing")
    assert run.key is not None
    only = replace(run, key=run.key.model_copy(update={"weights": {"data_harm": 1}}))
    assert grade(only).score == pytest.approx(PASS_MARK - 1)


def test_a_card_says_itself_as_the_contract_wants() -> None:
    """Axes with score and band, the total, and findings with their evidence."""
    told = grade(did()).as_json()
    assert set(told) >= {"axes", "score", "findings"}
    assert set(told["axes"]) == {axis.value for axis in Axis}
    assert set(told["findings"][0]) == {"criterion", "axis", "earned", "possible", "why", "evidence"}


def test_a_card_is_asked_by_the_name_of_an_axis() -> None:
    """An expectation asks for an axis, or for the total."""
    card = Card({axis: AxisScore(70.0, Band.S) for axis in Axis}, 55.0, passed=False)
    assert (card.number("diagnosis"), card.number("total")) == (70.0, 55.0)


def test_a_scenario_without_key_and_figures_is_judged_all_the_same(tmp_path: Path) -> None:
    """What needs them has no points; the rest has its own bounds."""
    import shutil

    folder = tmp_path / "tutorial"
    shutil.copytree(find("tutorial"), folder)
    for name in ("key.yaml", "par.json"):
        (folder / name).unlink()
    with story(folder) as now:
        card = grade(judged(now.session, read_play(folder / "plays" / "expert.yaml")))
    assert card.passed
    assert not [one for one in card.findings if one.criterion == "evidence" and one.possible]


def test_a_key_that_is_not_sound_yet_stops_nobody_from_running(tmp_path: Path) -> None:
    """An author goes on playing while the key is being written; `check` says what is wrong with it."""
    import shutil

    folder = tmp_path / "tutorial"
    shutil.copytree(find("tutorial"), folder)
    (folder / "key.yaml").write_text("format: 1\nscenario: tutorial\n", encoding="utf-8")
    steps = ("2m30s", "look", {"what": "logs"}), ("3m", "roll_back", {"service": "shop"}), ("6m", "resolve", {})
    card = grade(did(*steps, scenario=folder))
    assert card.axes[Axis.DECISIONS].score == 100
