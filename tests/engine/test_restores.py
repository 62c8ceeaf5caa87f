"""Backups and restores: what comes back, what is lost by it and counted, and what PostgreSQL lets nobody do."""

from pathlib import Path

import pytest

from sim.clock import MINUTE, SECOND, millis
from sim.facts import BackupEnded, DatabaseRestored, RestoreEnded, StatementRan
from tests.worlds import Story, edited, story

DEPOSITS = "POST /deposits"
SMALLER = (("20_000", "2_000"), ("20000", "2000"), ("100_000", "10_000"), ("[22m, 25m, 27m]", "[25m]"))
MIGRATION = (
    "  backups:",
    """  migrations:
    0007_note:
      up: ALTER TABLE ledger ADD COLUMN note text
      down: ALTER TABLE ledger DROP COLUMN note
  backups:""",
)
NOTED = (
    "    diff: source/PR-731.diff",
    """    diff: source/PR-731.diff
    migration: 0007_note
    steps:
      POST /deposits:
        book: {sql: "INSERT INTO ledger (id, account_id, amount, note) VALUES ($id, $account_id, $amount, 'in')"}""",
)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bank, ten times smaller."""
    return edited(tmp_path_factory.mktemp("bank"), "last-resort-restore", *SMALLER)


def count(now: Story, sql: str) -> int:
    """A number that the replica gives."""
    cell = now.session.engine.rows.query(sql).rows[0][0]
    assert cell is not None
    return int(cell)


def ended(now: Story) -> RestoreEnded:
    """How the last restore ended."""
    last = now.facts(RestoreEnded)[-1]
    assert isinstance(last, RestoreEnded)
    return last


def digests(now: Story) -> list[str]:
    """The rows as they are now."""
    now.session.engine.settle_second()
    return [now.session.engine.rows.tables().digest(table) for table in ("accounts", "ledger")]


def test_the_tables_of_any_past_moment_can_be_made_again(bank: Path) -> None:
    """Bit for bit what a run had that stopped there: before and after a job's statement, and after a restore too."""
    at = ("20m", "31m")
    then = []
    for moment in at:
        with story(bank) as now:
            now.at(moment)
            then.append(digests(now))
    with story(bank) as now:
        now.at("35m", "restore_backup", backup="nightly", how="in_place")
        now.at("45m")
        for moment, found in zip(at, then, strict=True):
            past = now.session.engine.rows.as_of(millis(moment))
            assert [past.digest(table) for table in ("accounts", "ledger")] == found
            past.close()
        assert digests(now) not in then


def test_in_place_everything_since_is_lost_and_counted(bank: Path) -> None:
    """As many facts as there were bookings, and the books balance again."""
    with story(bank) as now:
        now.at("50m", "roll_back", service="bank")
        now.at("52m", "restore_backup", backup="nightly", how="in_place")
        now.at("53m59s")
        booked = count(now, "SELECT count(*) FROM ledger WHERE id > 10000")
        now.at("57m")
        (done,) = now.facts(DatabaseRestored)
        assert isinstance(done, DatabaseRestored)
        assert booked - 20 <= done.lost <= booked + 20
        assert now.session.engine.rows.data().totals()["rows_lost"] == done.lost
        assert now.session.engine.rows.data().totals()["rows_wrong"] == 0
        assert count(now, "SELECT max(id) FROM ledger") < 10_000 + 0.2 * booked


def test_the_schema_goes_back_with_the_rows(bank: Path, tmp_path: Path) -> None:
    """The migration is not applied any more, and code that needs it fails until it is run again."""
    migrated = edited(tmp_path, "last-resort-restore", *SMALLER, MIGRATION, NOTED)
    with story(migrated) as now:
        now.at("35m", "restore_backup", backup="nightly", how="in_place")
        assert now.session.engine.world.migrations == {"0007_note": "applied"}
        assert now.failing(DEPOSITS, "36m", "37m") < 0.01
        tally = now.tally(DEPOSITS, "38m", "44m")
        assert now.session.engine.world.migrations == {}
        assert tally.share == 1.0
        assert set(tally.errors) <= {"42703", "ClientClosedRequest"}
        now.at("45m", "migrate_up", migration="0007_note")
        assert now.failing(DEPOSITS, "46m", "50m") < 0.01
        assert count(now, "SELECT count(*) FROM ledger WHERE note = 'in'") > 100


def test_one_table_alone_is_refused_where_newer_rows_point_at_what_would_vanish(bank: Path) -> None:
    """Accounts opened since have bookings; the ledger, at which nothing points, may go back, and the books break."""
    with story(bank) as now:
        now.at("20m", "restore_backup", backup="nightly", how="in_place", tables=["accounts"])
        before = count(now, "SELECT count(*) FROM accounts")
        now.at("25m")
        assert ended(now).sqlstate == "23503"
        assert not now.facts(DatabaseRestored)
        assert count(now, "SELECT count(*) FROM accounts") >= before
        now.at("25m", "restore_backup", backup="nightly", how="in_place", tables=["ledger"])
        now.at("29m50s")
        assert ended(now).sqlstate is None
        assert now.session.engine.rows.data().totals()["rows_lost"] > 1000
        assert now.session.engine.rows.data().totals()["rows_wrong"] > 500


def test_a_restore_beside_can_be_read_and_copied_from(bank: Path) -> None:
    """The balances of before the job come back; what moved since is missing, until it is replayed."""
    copy = """UPDATE accounts SET balance = r.balance FROM restored_accounts AS r
        WHERE r.id = accounts.id AND r.balance <> accounts.balance"""
    with story(bank) as now:
        now.at("31m", "roll_back", service="bank")
        now.at("32m", "restore_backup", backup="nightly", how="beside", tables=["accounts"], to="29m30s")
        assert now.failing(DEPOSITS, "32m", "37m") < 0.01
        assert count(now, "SELECT count(*) FROM restored_accounts") in range(2_040, 2_140)
        now.at("38m", "run_sql", sql=copy)
        now.at("39m")
        data = now.session.engine.rows.data().totals()
        assert data["rows_lost"] == 0
        assert 300 < data["rows_wrong"] < 1_000
        replay = """UPDATE accounts SET balance = r.balance + m.moved FROM restored_accounts AS r,
            (SELECT account_id, sum(amount) AS moved FROM ledger
             WHERE booked_at >= '2026-03-14 02:29:31+00' GROUP BY account_id) AS m
            WHERE r.id = accounts.id AND m.account_id = accounts.id"""
        now.at("40m", "run_sql", sql=replay)
        now.at("41m")
        opened_meanwhile = now.session.engine.rows.data().totals()["rows_wrong"]
        assert opened_meanwhile <= 3
        now.at("42m", "restore_backup", backup="nightly", how="beside", tables=["accounts"])
        now.at("47m")
        assert ended(now).sqlstate == "42P07"


def test_a_point_in_time_stops_everybody_and_loses_what_came_after(bank: Path) -> None:
    """Requests wait for the lock and give up; just before the job ran, the books were right."""
    with story(bank) as now:
        now.at("40m", "roll_back", service="bank")
        now.at("42m", "restore_backup", backup="nightly", how="point_in_time", to="29m59s")
        assert now.failing(DEPOSITS, "42m10s", "44m") > 0.99
        assert now.failing(DEPOSITS, "45m30s", "50m") < 0.01
        data = now.session.engine.rows.data().totals()
        assert 1_000 < data["rows_lost"] < 2_000
        assert data["rows_wrong"] == 0


def test_what_cannot_be_restored_is_refused_with_the_next_step(bank: Path) -> None:
    """Names, moments, and what does not go together."""
    wrong = (
        {"backup": "weekly", "how": "in_place"},
        {"backup": "nightly", "how": "sideways"},
        {"backup": "nightly", "how": "in_place", "to": "5m"},
        {"backup": "nightly", "how": "point_in_time"},
        {"backup": "nightly", "how": "point_in_time", "to": "5m", "tables": ["ledger"]},
        {"backup": "nightly", "how": "beside", "to": "1h"},
        {"backup": "nightly", "how": "beside", "to": "-5m"},
        {"backup": "nightly", "how": "beside", "to": "noon"},
    )
    with story(bank) as now:
        for arguments in wrong:
            (refused,) = now.at("10m", "restore_backup", **arguments)
            assert refused.why
            assert refused.hint
        assert not now.at("10m", "restore_backup", backup="nightly", how="in_place")
        (refused,) = now.at("10m", "restore_backup", backup="nightly", how="in_place")
        assert "is running" in refused.why
        assert not now.at("11m", "cancel_statement", session="restore 1")
        now.at("20m")
        assert ended(now).sqlstate == "57014"
        assert not now.facts(DatabaseRestored)


def test_a_backup_taken_by_hand_holds_its_own_moment(bank: Path) -> None:
    """What was booked after it is what restoring it loses; while it is taken, nobody can restore it."""
    with story(bank) as now:
        now.at("10m", "take_backup", backup="mine")
        (refused,) = now.at("10m", "restore_backup", backup="mine", how="in_place")
        assert "still being taken" in refused.why
        assert now.at("10m", "take_backup", backup="mine")
        now.at("12m")
        *_, taken = now.facts(BackupEnded)
        assert isinstance(taken, BackupEnded)
        assert taken.as_of_ms == 10 * MINUTE
        assert "mine: as of T+10:00" in now.session.look("backups")
        now.at("12m", "restore_backup", backup="mine", how="in_place")
        now.at("13m")
        booked = now.tally(DEPOSITS, "10m", "12m").total + now.tally("POST /withdrawals", "10m", "12m").total
        assert now.session.engine.rows.data().totals()["rows_lost"] == pytest.approx(booked, abs=20)


def test_a_schema_change_waits_for_the_backup(tmp_path: Path, bank: Path) -> None:
    """The copy is of one schema: whoever would change it queues, and so does everybody behind them."""
    slow = edited(tmp_path, "last-resort-restore", ("rows: 20_000", "rows: 1_900_000"))
    with story(slow) as now:
        now.at("10m", "take_backup", backup="mine")
        now.at("10m", "run_sql", sql="ALTER TABLE accounts ADD COLUMN note text")
        now.at("10m1s")
        assert [lock.session for lock in now.session.engine.world.locks if not lock.held] == ["console 1"]
        now.at("10m10s")
        (ran,) = now.facts(StatementRan)
        assert isinstance(ran, StatementRan)
        assert ran.sqlstate is None


def test_a_backup_from_before_the_clock_lacks_the_newest_rows(bank: Path, tmp_path: Path) -> None:
    """As many as requests would have written in that time, and nothing that points at them."""
    earlier = edited(tmp_path, "last-resort-restore", *SMALLER, ("{at: 0s, fetch: 2m}", "{at: -10m, fetch: 1m}"))
    with story(earlier) as now:
        now.at("5m", "restore_backup", backup="nightly", how="beside")
        now.at("8m")
        accounts = count(now, "SELECT count(*) FROM restored_accounts")
        assert accounts == 2_000 - int(0.05 * 600)
        missing = "SELECT count(*) FROM restored_ledger WHERE account_id NOT IN (SELECT id FROM restored_accounts)"
        assert count(now, "SELECT max(id) FROM restored_ledger") == 10_000 - int(2.05 * 600)
        assert count(now, missing) == 0
        assert "T-10:00" in now.session.look("backups")


def test_however_it_is_observed_a_restore_gives_the_same(bank: Path) -> None:
    """In one go, and looking at the backups every other minute, which makes their copies long before."""
    found = []
    for look in (False, True):
        with story(bank) as now:
            session = now.session
            for minute in range(2, 60, 2):
                session.advance(minute * 60 * SECOND)
                if look and minute % 10 == 0:
                    session.look("backups")
                if minute == 34:
                    now.at("34m", "restore_backup", backup="nightly", how="point_in_time", to="21m17s")
            found.append((session.finish().digest, digests(now)))
    assert found[0] == found[1]
