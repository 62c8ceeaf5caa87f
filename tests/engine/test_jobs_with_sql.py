"""A job that sends SQL is a session like any other: it takes locks and time, is judged, and may do harm."""

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.facts import JobRan, LockTaken, StatementRan
from sim.scenario.load import load
from tests.engine.test_restores import SMALLER
from tests.worlds import Story, edited, story

REBUILD = """UPDATE accounts SET balance =
    (SELECT coalesce(sum(l.amount), 0) FROM ledger AS l WHERE l.account_id = accounts.id)
    WHERE kind = 'savings'"""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bank, ten times smaller."""
    return edited(tmp_path_factory.mktemp("bank"), "last-resort-restore", *SMALLER)


def ran(now: Story) -> list[StatementRan]:
    """What ran, in order."""
    return [fact for fact in now.facts(StatementRan) if isinstance(fact, StatementRan)]


def test_it_runs_by_the_clock_once_its_release_serves_and_stops_with_it(bank: Path) -> None:
    """At 02:30 and 02:45, not at 02:15; after the roll-back never again; what it did stays done."""
    with story(bank) as now:
        now.at("50m", "roll_back", service="bank")
        now.at("65m")
        assert [fact.session for fact in ran(now)] == ["job interest"] * 2
        assert all(fact.rows in range(550, 700) for fact in ran(now))
        assert LockTaken(session="job interest", table="accounts", mode="RowExclusiveLock") in now.facts(LockTaken)
        assert now.facts(JobRan) == [JobRan(job="interest", total=1, failed=0, harmed=0, errors={})] * 2
        data = now.session.engine.rows.data().totals()
        assert data["rows_wrong"] in range(550, 700)
        assert (data["rows_lost"], data["rows_overwritten"]) == (0, 0)


def test_data_that_is_about_to_be_wrong_again_is_not_resolved(bank: Path) -> None:
    """Mended between two runs and claimed at once: the next run comes before the hold is over."""
    for stopped in (False, True):
        with story(bank) as now:
            if stopped:
                now.at("46m", "roll_back", service="bank")
            now.at("50m", "run_sql", sql=REBUILD)
            now.at("55m", "resolve")
            assert now.session.engine.rows.data().totals()["rows_wrong"] == 0
            now.at("90m")
            assert now.session.over == stopped


def test_a_job_waits_for_its_locks_and_does_not_meet_itself(bank: Path, tmp_path: Path) -> None:
    """Behind somebody's open transaction it queues; the run that is due meanwhile is left out."""
    held = "    {name: report, holds: {accounts: ExclusiveLock}, from: 29m, for: 20m}"
    blocked = edited(
        tmp_path, "last-resort-restore", *SMALLER, ("  backups:", f"  sessions:\n    - {held}\n  backups:")
    )
    with story(blocked) as now:
        now.at("48m")
        assert [lock.session for lock in now.session.engine.world.locks if not lock.held] == ["job interest"]
        now.at("55m")
        assert len(now.facts(JobRan)) == 1


def test_a_subquery_without_an_index_reads_its_table_for_each_row(bank: Path) -> None:
    """Six hundred times ten thousand rows; with an index it is a matter of milliseconds."""
    with story(bank) as now:
        now.at("40m", "run_sql", sql=REBUILD)
        now.at("41m", "run_sql", sql="CREATE INDEX ledger_by_account ON ledger (account_id)")
        now.at("42m", "run_sql", sql=REBUILD)
        now.at("43m")
        slow, _, fast = ran(now)[-3:]
        assert slow.took_ms == pytest.approx(600 * 10_000 * 0.00022, rel=0.15)
        assert fast.took_ms < 30


def test_what_a_job_is_must_be_clear(tmp_path: Path) -> None:
    """SQL or steps, and a change that there is."""
    both = edited(
        tmp_path / "a", "last-resort-restore", ("    part_of: PR-731", "    part_of: PR-731\n    request: {n: 1}")
    )
    with pytest.raises(InvalidInput, match="no requests and no steps"):
        load(both)
    nobodys = edited(tmp_path / "b", "last-resort-restore", ("part_of: PR-731", "part_of: PR-713"))
    with pytest.raises(InvalidInput, match="there is no change 'PR-713'"):
        load(nobodys)


def test_a_paused_job_sends_nothing_until_somebody_runs_it_or_lets_it_go_on(bank: Path) -> None:
    """What was due while it was paused is left out; run by hand it is sent at once, resumed at its next time."""
    with story(bank) as now:
        now.at("35m", "pause_job", job="interest")
        now.at("61m")
        assert len(ran(now)) == 1
        now.at("62m", "run_job", job="interest")
        now.at("74m")
        assert len(ran(now)) == 2
        now.at("74m", "resume_job", job="interest")
        now.at("74m30s")
        assert len(ran(now)) == 2
        now.at("76m")
        assert len(now.facts(JobRan)) == 3
        now.at("77m", "roll_back", service="bank")
        now.at("80m")
        assert "no release that serves has interest" in str(now.at("80m", "run_job", job="interest"))


def test_items_of_a_job_that_a_change_brings_are_due_only_where_it_serves(tmp_path: Path) -> None:
    """Before the release and after the roll-back nothing is due; what it did is in the tables of that moment."""
    steps = """request: {id: {next_of: ledger}, account_id: {row_of: accounts}}
    batch: 10
    steps:
      book: {sql: "INSERT INTO ledger (id, account_id, amount) VALUES ($id, $account_id, 0)"}"""
    sql = "sql: UPDATE accounts SET balance = round(balance * 1.0025, 2) WHERE kind = 'savings'"
    booked = edited(tmp_path, "last-resort-restore", *SMALLER, (sql, steps))
    zero = "SELECT 1 FROM ledger WHERE amount = 0"
    with story(booked) as now:
        now.at("50m", "roll_back", service="bank")
        now.at("65m")
        engine = now.session.engine
        assert engine.world.work["interest"].due == engine.world.work["interest"].done == 20
        assert engine.rows.tables().count(zero, engine.now_ms) == 20
        with engine.rows.as_of(1_900_000) as then:
            assert then.count(zero, 1_900_000) == 10
