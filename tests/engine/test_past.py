"""Whether forbidden rows can be there is known without making them, and never against what the rows say."""

import pytest

from sim.engine.relations import forbids, puts_alike, row_by_row
from tests.worlds import story

NONE = "SELECT count(*) = 0 FROM orders WHERE "


@pytest.mark.parametrize(
    ("sql", "forbidden"),
    [
        (f"{NONE}customer_id IS NULL OR amount < 0", ("orders", {"customer_id", "amount"})),
        ("SELECT count(*) < 3 FROM orders WHERE amount < 0", None),
        ("SELECT bool_and(amount > 0) FROM orders", None),
        (f"{NONE}created_at > now()", None),
        (f"{NONE}customer_id NOT IN (SELECT id FROM customers)", None),
        ("SELECT count(*) = 0 FROM orders o JOIN customers c ON true WHERE o.amount < 0", None),
        ("SELECT count(*) = 0 FROM orders WHERE amount < 0 GROUP BY status", None),
        ("nonsense (", None),
    ],
)
def test_only_what_each_row_decides_by_itself_is_forbidden(sql: str, forbidden: tuple[str, set[str]] | None) -> None:
    """A count of nothing, over one table, without the hour and other rows."""
    found = forbids(sql)
    assert (found and (found[0], set(found[1]))) == forbidden


@pytest.mark.parametrize(
    ("sql", "alike"),
    [
        ("ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT ''", True),
        ("ALTER TABLE orders DROP COLUMN note", True),
        ("CREATE INDEX CONCURRENTLY i ON orders (note)", True),
        ("ALTER TABLE orders ADD COLUMN at timestamptz DEFAULT now()", False),
        ("ALTER TABLE orders ALTER COLUMN note TYPE varchar(20) USING left(note, 20)", False),
        ("ALTER TABLE orders RENAME COLUMN note TO remark", False),
        ("UPDATE orders SET note = 'x'", False),
    ],
)
def test_a_change_of_the_schema_treats_like_rows_alike(sql: str, alike: bool) -> None:
    """Unless it reads the hour, computes, renames, or is none."""
    assert row_by_row(sql) is alike


def test_a_column_that_takes_the_fresh_key_differs_among_copies() -> None:
    """So nothing is concluded about it from one of them."""
    sql, fresh = "INSERT INTO orders (id, twin, status) VALUES ($id, $id + 1, lower('X'))", frozenset({"id"})
    assert not puts_alike(sql, "orders", frozenset({"twin"}), fresh)
    assert not puts_alike(sql, "orders", frozenset({"status"}), fresh)
    assert puts_alike(sql, "orders", frozenset({"amount"}), fresh)
    assert puts_alike(sql, "customers", frozenset({"twin"}), fresh)


@pytest.mark.parametrize("where", ["customer_id IS NULL", "amount < 0", "status = 'pending'", "order_metadata IS NULL"])
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders ALTER COLUMN order_metadata DROP NOT NULL",
        "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'",
    ],
    ids=["relaxed", "with a default"],
)
def test_what_is_known_of_the_past_is_what_the_rows_say(where: str, statement: str) -> None:
    """Relaxed and rolled back: what is surely not there is not there, and what is there is not said to be missing."""
    with story("not-null-column", 3) as now:
        now.at("9m", "run_sql", sql=statement)
        now.at("10m", "roll_back", service="shop")
        now.at("30m")
        engine = now.session.engine
        engine.settle_rows()
        surely = engine.rows.past.surely_none(NONE + where)
        assert not engine.rows.started
        truly = engine.rows.tables().holds(NONE + where, engine.now_ms)
        assert (
            surely
            == truly
            == (
                where in {"customer_id IS NULL", "amount < 0"}
                or (where == "order_metadata IS NULL" and "DEFAULT" in statement)
            )
        )


def test_after_an_operator_has_changed_rows_nothing_is_concluded() -> None:
    """The rows themselves are asked."""
    with story("not-null-column", 3) as now:
        now.at("9m", "run_sql", sql="UPDATE orders SET status = 'gone' WHERE id = 7")
        now.at("12m")
        engine = now.session.engine
        engine.settle_rows()
        assert not engine.rows.past.surely_none(NONE + "amount < 0")
        assert engine.rows.tables().holds(NONE + "amount < 0", engine.now_ms)
