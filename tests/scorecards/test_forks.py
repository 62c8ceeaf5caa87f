"""A run with something done otherwise: the same world up to there, and from there what the world makes of it."""

import json
from collections.abc import Iterator

import pytest

from scorecards.forks import Forks
from scorecards.what_if import Drop, Put, read_what_if, spelt
from sim.catalogue import make
from sim.errors import CheckFailed, InvalidInput
from sim.replay import Recorded
from tests.scorecards.recorded import of_play, of_steps

SHOP = {"service": "shop", "to": "v2.3.0"}


@pytest.fixture(name="naive", scope="module")
def the_naive_roll_back() -> Iterator[Forks]:
    """Looks at the changelog, rolls the code back, and waits."""
    with Forks(of_play("not-null-column", "trap-naive-rollback")) as forks:
        yield forks


@pytest.fixture(name="expert", scope="module")
def the_experts_run() -> Iterator[Forks]:
    """Eight decisions and six looks."""
    with Forks(of_play("not-null-column", "expert")) as forks:
        yield forks


def test_what_acts_and_what_is_said_is_a_decision_and_what_looks_is_none(expert: Forks) -> None:
    """Numbered from 1, each with its entry."""
    told = [(one.number, one.act.action.name) for one in expert.decisions]
    acts = ["declare", "run_sql", "order", "roll_back", "post_update", "deploy", "resolve", "post_update"]
    assert told == list(enumerate(acts, start=1))
    for one in expert.decisions:
        row = expert.run.entries[one.seq].as_row()
        assert (row["fact"], row["action"], row["at_ms"]) == ("Asked", one.act.action.name, one.at_ms)


@pytest.mark.parametrize("scenario", ["not-null-column", "ungated-flag", "lock-queue"])
def test_changing_nothing_is_the_run_itself(scenario: str) -> None:
    """The same digest, and every entry the same."""
    recorded = of_play(scenario, "expert")
    with Forks(recorded) as forks:
        same = forks.branch([])
        assert recorded.tail is not None
        assert same.digest == recorded.tail["digest"]
        assert same.entries == forks.run.entries
        assert (same.same_up_to, same.refused, same.unreached) == (len(forks.run.entries), (), ())


def test_the_same_decision_in_its_own_place_is_the_run_itself(expert: Forks) -> None:
    """Read from how it is spelt, with and without its time."""
    for one in expert.decisions[1:4]:
        text = f"{one.number}: {spelt(one.act.action)}"
        assert expert.branch(read_what_if(text)).digest == expert.run.digest
        assert expert.branch([Put(one.act.action, one.at_ms, one.number)]).digest == expert.run.digest


def test_without_the_trap_fewer_requests_fail(naive: Forks) -> None:
    """Rolling back alone turned fifteen in a hundred into all."""
    without = naive.branch([Drop(1)])
    assert without.reached.failed < naive.base.reached.failed / 4
    assert without.reached.hurt < without.reached.failed


def test_a_relaxed_column_first_makes_the_roll_back_work(naive: Forks) -> None:
    """The trap is one statement away from the expert's way."""
    relax = "add: run_sql ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}' @ 11m"
    branch = naive.branch(read_what_if(f"{relax} ;; add: resolve @ 30m"))
    assert branch.reached.resolved
    assert branch.reached.data == {"rows_lost": 0, "rows_wrong": 0, "rows_overwritten": 0}
    assert branch.no == ()


@pytest.mark.parametrize("number", [1, 2, 4, 6])
def test_everything_before_the_fork_is_the_same_bit_by_bit(expert: Forks, number: int) -> None:
    """Entry by entry, looks and predictions included; what differs comes after."""
    one = expert.decision(number)
    branch = expert.branch([Drop(number)])
    assert branch.same_up_to in {one.seq, one.seq - 1}
    assert branch.entries[: branch.same_up_to] == expert.run.entries[: branch.same_up_to]
    assert branch.entries[branch.same_up_to] != expert.run.entries[branch.same_up_to]


def test_what_makes_no_sense_any_more_is_refused_by_the_world(expert: Forks) -> None:
    """Who never orders the fix cannot deploy it: that is told of the branch."""
    branch = expert.branch([Drop(3)])
    assert [number for number, _ in branch.refused] == [6]
    assert "does not exist yet" in branch.refused[0][1]


def test_what_comes_after_the_end_is_not_reached(expert: Forks) -> None:
    """Who resolves earlier is done before the rest."""
    branch = expert.branch(read_what_if("add: resolve @ 30m"))
    assert branch.reached.resolved
    assert branch.reached.ended_at_ms < expert.base.reached.ended_at_ms
    assert branch.unreached == (6, 7, 8)


def test_what_is_put_in_may_be_refused(naive: Forks) -> None:
    """The world's no stands in the branch."""
    assert naive.branch(read_what_if("add: set_flag nobody_knows 0 @ 8m")).no == ("there is no flag 'nobody_knows'",)


@pytest.mark.parametrize("text", ["drop 2", "drop 0", "7: resolve", "add: resolve @ 5h"])
def test_a_change_that_does_not_fit_the_run_is_refused(naive: Forks, text: str) -> None:
    """A decision that there is not, or a time after the end."""
    with pytest.raises(InvalidInput, match="what-if"):
        naive.branch(read_what_if(text))


@pytest.mark.parametrize("leaves", [True, False])
def test_a_run_that_was_broken_off_is_compared_as_if_it_had_gone_on(leaves: bool) -> None:
    """Leaving, or standing down, ends nobody's trouble."""
    steps = [("12m", "roll_back", dict(SHOP)), *([] if leaves else [("30m", "stand_down", {})])]
    with Forks(of_steps("not-null-column", steps, until="30m")) as forks:
        assert forks.run.reached.outcome == "abandoned"
        assert forks.base.reached.outcome == "timed_out"
        assert forks.base.reached.hurt > 2 * forks.run.reached.hurt
        assert forks.branch([Drop(1)]).reached.hurt < forks.base.reached.hurt / 4


def test_time_that_was_skipped_is_played_again() -> None:
    """Skipping to the next news stops where it did, and where something was put in."""
    steps = [("6m", "skip_to", {}), ("12m", "roll_back", dict(SHOP)), ("13m", "skip_to", {"to": "40m"})]
    with Forks(of_steps("not-null-column", [*steps, ("41m", "resolve", {})])) as forks:
        assert forks.branch([]).digest == forks.run.digest
        moved = forks.branch([Put(make("declare", {"severity": "SEV1"}), 1_200_000)])
        assert [e.at_ms for e in moved.entries if type(e.fact).__name__ == "Declared"] == [1_200_000]


def test_a_journal_that_lies_is_not_explained() -> None:
    """What its replay does not give is not worth a question."""
    honest = of_play("not-null-column", "trap-naive-rollback")
    rows = [dict(row) for row in honest.entries]
    rows[-1]["outcome"] = "resolved"
    with pytest.raises(CheckFailed, match="not what its replay gives"):
        Forks(Recorded(honest.path, honest.head, tuple(rows), honest.tail, honest.sealed_text))


def test_a_branch_is_plain_data_as_well(naive: Forks) -> None:
    """Figures and changes survive JSON."""
    told = json.loads(json.dumps(naive.branch([Drop(1)]).as_json()))
    assert told["what_if"] == ["drop 1"]
    assert told["reached"]["requests"]["failed"] == naive.branch([Drop(1)]).reached.failed
