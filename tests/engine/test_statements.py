"""SQL by hand: transactions, settings, the hour, and what is not modelled, said before anything runs."""

from pathlib import Path

import pytest

from sim.facts import Ended, StatementRan
from tests.worlds import Story, edited, story

ORDERS = "POST /orders"
TOOL = """ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}';
        ALTER TABLE orders ALTER COLUMN order_metadata DROP DEFAULT;"""


def last(now: Story) -> StatementRan:
    """What was said last."""
    said = now.facts(StatementRan)[-1]
    assert isinstance(said, StatementRan)
    return said


@pytest.mark.parametrize("where", ["", " WHERE order_metadata IS NULL"])
def test_the_canonical_backfill_runs_in_one_transaction(where: str, tmp_path: Path) -> None:
    """Add nullable, backfill, SET NOT NULL: accepted, all rows written, and it bites the old code all the same."""
    backfill = f"""ALTER TABLE orders ADD COLUMN order_metadata jsonb;
        UPDATE orders SET order_metadata = '{{}}'{where};
        ALTER TABLE orders ALTER COLUMN order_metadata SET NOT NULL;"""
    with story(edited(tmp_path, "not-null-column", (TOOL, backfill))) as now:
        now.at("20m", "roll_back", service="shop")
        assert [sqlstate for _, sqlstate in now.answers()] == [None, None, None]
        assert now.facts(StatementRan)[1].rows >= 400_000  # type: ignore[attr-defined]
        assert now.failing(ORDERS, "12m", "20m") == pytest.approx(0.15, abs=0.015)
        assert now.failing(ORDERS, "24m", "30m") == 1.0


@pytest.mark.parametrize(
    "sql",
    [
        "BEGIN; UPDATE orders SET amount = 0; ROLLBACK",
        "BEGIN; ALTER TABLE orders ADD COLUMN x int",
        "SET statement_timeout = '1s'; UPDATE orders SET amount = 0",
        "SET search_path = nowhere; UPDATE orders SET amount = 0",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; UPDATE orders SET amount = 0",
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; UPDATE orders SET amount = 0",
        "SELECT pg_sleep(100)",
    ],
)
def test_what_is_not_modelled_is_said_and_changes_nothing(sql: str) -> None:
    """Not half of it either; and what comes later is answered as ever."""
    with story("not-null-column") as now:
        now.at("3m", "run_sql", sql=sql)
        now.at("4m")
        assert last(now).sqlstate == "not modelled"
        now.at("4m", "run_sql", sql="UPDATE orders SET status = 'open' WHERE id = 1")
        now.at("4m10s")
        assert (last(now).sqlstate, last(now).rows) == (None, 1)
        listing = now.session.engine.rows.query("SELECT count(*) FROM orders WHERE amount = 0")
        assert listing.rows == (("0",),)


def test_a_transaction_that_fails_leaves_nothing() -> None:
    """BEGIN … COMMIT around a statement that fails."""
    with story("not-null-column") as now:
        now.at("3m", "run_sql", sql="BEGIN; ALTER TABLE orders ADD COLUMN x int; SELECT 1/0; COMMIT")
        now.at("4m")
        assert last(now).sqlstate == "22012"
        assert "x" not in [
            column.name for column in now.session.engine.judge.shapes(now.session.engine.lineage)[1].columns
        ]


def test_postgresql_is_asked_at_the_simulated_hour() -> None:
    """The story is told in March 2026, whenever it is played."""
    with story("not-null-column") as now:
        now.at("2m", "run_sql", sql="ALTER TABLE orders ADD CHECK (now() < '2026-06-01') NOT VALID")
        assert now.failing(ORDERS, "2m5s", "4m55s") <= 0.002


def test_rows_that_are_gone_are_gone_for_traffic_too(tmp_path: Path) -> None:
    """Most customers are deleted: their orders are refused by the foreign key, as many as there are."""
    bound = edited(
        tmp_path,
        "not-null-column",
        ("customer_id bigint NOT NULL,", "customer_id bigint NOT NULL REFERENCES customers,"),
    )
    with story(bound) as now:
        now.at("1m", "run_sql", sql="ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey")
        now.at("1m10s", "run_sql", sql="DELETE FROM customers WHERE id > 15000")
        add = "ALTER TABLE orders ADD CONSTRAINT known FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"
        now.at("2m", "run_sql", sql=add)
        tally = now.tally(ORDERS, "2m10s", "4m50s")
        assert tally.share == pytest.approx(0.75, abs=0.03)
        assert tally.errors["23503"] >= 0.95 * tally.failed


def test_whoever_stands_down_has_abandoned() -> None:
    """The run ends there and then."""
    with story("not-null-column") as now:
        now.at("9m", "stand_down")
        now.at("30m")
        (ended,) = now.facts(Ended)
        assert isinstance(ended, Ended)
        assert (ended.outcome, now.session.finish().ended_at_ms) == ("abandoned", 540_000)


def test_ending_a_session_that_waits_says_so() -> None:
    """57P01, and its place in the queue is free."""
    with story("not-null-column", 2) as now:
        now.at("12m", "run_sql", sql="ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'")
        now.at("13m", "end_session", session="console 2")
        assert last(now).sqlstate == "57P01"
        assert not [lock for lock in now.session.engine.world.locks if lock.session == "console 2"]


def test_parents_that_somebody_points_at_stay(tmp_path: Path) -> None:
    """Whether a row may go is asked of all the rows there are, not of the few that the judge holds."""
    bound = edited(
        tmp_path,
        "not-null-column",
        ("customer_id bigint NOT NULL,", "customer_id bigint NOT NULL REFERENCES customers,"),
    )
    with story(bound) as now:
        now.at("1m", "run_sql", sql="DELETE FROM customers WHERE id BETWEEN 700 AND 701")
        now.at("1m10s")
        assert (last(now).sqlstate, last(now).rows) == ("23503", 0)
        now.at("2m", "run_sql", sql="DELETE FROM orders WHERE customer_id BETWEEN 700 AND 701")
        now.at("2m10s", "run_sql", sql="DELETE FROM customers WHERE id BETWEEN 700 AND 701")
        now.at("2m20s")
        assert [sqlstate for _, sqlstate in now.answers()][1:] == [None, None]
        assert last(now).rows == 2


def test_rows_can_be_asked_for_at_the_very_moment_of_a_change() -> None:
    """The second that has begun belongs to those who wrote before the change, and is counted for them."""
    with story("not-null-column") as now:
        now.at("9m30s", "run_sql", sql="ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'")
        now.at("10m", "roll_back", service="shop")
        now.at("10m15s")
        assert now.session.engine.now_ms == now.session.engine.effective_second * 1000 - 1000
        listing = now.session.engine.rows.query("SELECT count(*) > 400000 FROM orders")
        assert listing.rows == (("t",),)
