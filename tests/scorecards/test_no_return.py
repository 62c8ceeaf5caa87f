"""Ways back close at a moment that the world gives, by somebody or by the story, knowingly or not."""

import json
from collections.abc import Iterator

import pytest

from scorecards.forks import Forks
from scorecards.no_return import Turn, points_of_no_return
from scorecards.undo import Safety
from sim.clock import SECOND, millis
from sim.facts import InstancesReplaced, SchemaChanged
from tests.scorecards.recorded import of_play, of_steps

CODE, BOTH = "roll back shop to v2.3.0", "roll back shop to v2.3.0, schema down"
DOWN = "migrate down 0042_order_metadata"


@pytest.fixture(name="naive", scope="module")
def the_naive_roll_back() -> Iterator[Forks]:
    with Forks(of_play("not-null-column", "trap-naive-rollback")) as forks:
        yield forks


@pytest.fixture(name="turns", scope="module")
def its_ways_back(naive: Forks) -> dict[str, Turn]:
    return {turn.undo.name: turn for turn in points_of_no_return(naive)}


def test_old_code_is_shut_out_by_the_migration(naive: Forks, turns: dict[str, Turn]) -> None:
    """From the very entry by which the column became one that must not be empty."""
    turn = turns[CODE]
    assert turn.verdict.safety is Safety.BLOCKED
    assert "23502" in turn.verdict.why
    assert turn.seq is not None
    assert isinstance(naive.run.entries[turn.seq].fact, SchemaChanged)
    assert turn.at_ms == naive.run.entries[turn.seq].at_ms


def test_the_way_down_is_lossy_from_the_first_order_of_the_new_version(naive: Forks, turns: dict[str, Turn]) -> None:
    """Safe while nobody has written; a second of orders after the first instance of v2.4.0, two are lost."""
    first = next(entry.at_ms for entry in naive.run.entries if isinstance(entry.fact, InstancesReplaced))
    for name in (DOWN, BOTH):
        turn = turns[name]
        assert turn.verdict.safety is Safety.LOSSY
        assert turn.at_ms is not None
        assert turn.since_ms < first < turn.at_ms <= first + 5 * SECOND
        assert 0 < turn.verdict.rows < 20
        assert turn.seq is None


def test_nobody_is_told_to_have_closed_what_the_story_closed(turns: dict[str, Turn]) -> None:
    """The release went out before anybody took over."""
    assert {turn.by for turn in turns.values()} == {None}
    assert not any(turn.knowingly for turn in turns.values())


def test_taking_a_way_back_that_is_shut_is_told_with_what_had_told_so(naive: Forks, turns: dict[str, Turn]) -> None:
    """The changelog was looked at three minutes before."""
    (taken,) = turns[CODE].taken
    assert (taken.decision.number, taken.verdict.safety) == (1, Safety.BLOCKED)
    (told,) = taken.told
    assert told.by == "look changelog"
    assert naive.run.entries[told.seq].as_row()["arguments"] == {"what": "changelog"}


def test_looking_into_the_ways_back_changes_nothing(naive: Forks, turns: dict[str, Turn]) -> None:
    """The run that is asked is the run that was recorded."""
    assert len(turns) == 3
    assert naive.branch([]).digest == naive.run.digest


def test_a_release_without_a_migration_leaves_its_way_back_open() -> None:
    """And taking it is told as well."""
    with Forks(of_play("ungated-flag", "expert")) as forks:
        (turn,) = points_of_no_return(forks)
        assert (turn.at_ms, turn.verdict.safety) == (None, Safety.SAFE)
        assert [one.verdict.safety for one in turn.taken] == [Safety.SAFE]


def test_a_column_that_nobody_fills_may_go_again() -> None:
    """lock-queue's column can be dropped as long as no version writes it."""
    with Forks(of_play("lock-queue", "alt-end-the-report")) as forks:
        turns = points_of_no_return(forks)
        assert turns
        assert not any(turn.verdict.bad for turn in turns)


@pytest.mark.parametrize("looks", [True, False])
def test_who_closes_a_way_back_is_named_and_whether_they_knew(looks: bool) -> None:
    """Rolled back in time and sent out again: that decision closed it, knowingly if its diff had been read."""
    steps = [("5m10s", "cancel", {"service": "shop"}),
             *([("8m", "diff", {"change": "PR-905"})] if looks else [("8m", "diff", {"change": "PR-903"})]),
             ("9m", "deploy", {"service": "shop", "release": "v2.4.0"})]  # fmt: skip
    with Forks(of_steps("not-null-column", [(at, name, dict(given)) for at, name, given in steps])) as forks:
        turns = {turn.undo.name: turn for turn in points_of_no_return(forks)}
        turn = turns[DOWN]
        assert turn.at_ms is not None
        assert turn.at_ms > millis("9m")
        assert turn.by is not None
        assert turn.by.act.action.name == "deploy"
        assert turn.knowingly is looks
        assert [told.by for told in turn.told] == (["diff"] if looks else [])
        assert turns[CODE].by is None


def test_what_is_told_is_plain_data_as_well(turns: dict[str, Turn]) -> None:
    """Safety, moments and evidence survive JSON."""
    told = json.loads(json.dumps(turns[CODE].as_json()))
    assert (told["safety"], told["knowingly"], told["taken"][0]["decision"]) == ("BLOCKED", False, 1)
