"""What a statement would leave behind is told without doing it."""

import pytest

from sim.errors import NotModelled
from sim.tables.tables import Harm, Tables
from tests.tables.shop import INSERT, orders

COUNTS = tuple(f'SELECT count(*) FROM "rows {side}"' for side in ("before", "after", "left"))
UPSERT = "INSERT INTO customers (id, name) VALUES (1, 'a'), (301, 'b') ON CONFLICT (id) DO"


@pytest.mark.parametrize(
    ("statement", "before", "after", "left"),
    [
        ("DELETE FROM orders WHERE id <= 10", 10, 0, 1990),
        ("DELETE FROM orders USING customers WHERE customers.id = customer_id", 2000, 0, 0),
        ("UPDATE orders SET status = 'paid' WHERE id <= 10", 10, 10, 1990),
        ("INSERT INTO customers (name) VALUES ('a'), ('b')", 0, 2, 300),
        ("INSERT INTO customers (id, name) SELECT id, 'x' FROM orders WHERE id > 1995", 0, 5, 300),
        (f"{UPSERT} NOTHING", 0, 1, 300),
        (f"{UPSERT} UPDATE SET name = excluded.name", 1, 2, 299),
    ],
)
def test_rows_before_after_and_left(tables: Tables, statement: str, before: int, after: int, left: int) -> None:
    """Every row is on one side or the other, and the tables stay as they were."""
    digests = [tables.digest(name) for name in ("orders", "customers")]
    answers = tables.foresee(statement, 0, COUNTS).answers
    assert [answer.values for answer in answers if not isinstance(answer, str)] == [
        ((str(count),),) for count in (before, after, left)
    ]
    assert [tables.digest(name) for name in ("orders", "customers")] == digests


def test_a_row_after_is_found_by_the_row_before(tables: Tables) -> None:
    """With its other columns, and the new value."""
    question = """SELECT b.status, a.status, a.amount = b.amount AS same FROM "rows before" AS b
                  JOIN "rows after" AS a ON a." row" = b." row" """
    (answer,) = tables.foresee("UPDATE orders SET status = 'lost' WHERE id = 7", 0, [question]).answers
    assert not isinstance(answer, str)
    assert answer.values == (("paid", "lost", "t"),)


@pytest.mark.parametrize(
    ("statement", "columns", "adds", "takes"),
    [
        ("UPDATE orders SET status = 'x', amount = 1", ("amount", "status"), False, False),
        ("INSERT INTO customers (name) VALUES ('a')", ("id", "name", "email", "born", "vip"), True, False),
        ("DELETE FROM customers", ("id", "name", "email", "born", "vip"), False, True),
    ],
)
def test_the_reach_of_a_statement(
    tables: Tables, statement: str, columns: tuple[str, ...], adds: bool, takes: bool
) -> None:
    """Known without looking at any row."""
    found = tables.foresee(statement, 0)
    assert (found.columns, found.adds, found.takes, found.answers) == (columns, adds, takes, ())


def test_a_question_that_cannot_be_answered_leaves_the_others_alone(tables: Tables) -> None:
    """It says why."""
    said, count = tables.foresee("DELETE FROM orders", 0, ["SELECT nonsense FROM orders", COUNTS[0]]).answers
    assert isinstance(said, str)
    assert "nonsense" in said
    assert not isinstance(count, str)


def test_several_values_for_one_row_are_refused(tables: Tables) -> None:
    """PostgreSQL would take any of them."""
    with pytest.raises(NotModelled, match="takes any of them"):
        tables.foresee("UPDATE customers SET vip = true FROM orders WHERE customer_id = customers.id", 0, COUNTS)


def test_what_statements_would_take_away_is_told_without_taking_it(tables: Tables) -> None:
    """Three facts and one order without; the tables and the books stay as they were, and the real thing costs that."""
    tables.run("ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}'", 0)
    tables.append([INSERT], orders(2001, '{"utm": "a"}', "{}", '{"utm": "b"}', '{"utm": "a"}'))
    digest, drop = tables.digest("orders"), "ALTER TABLE orders DROP COLUMN order_metadata"
    assert tables.toll([drop], 0).lost == 3
    assert tables.toll(["DELETE FROM orders WHERE id = 2001", drop], 0).lost == 3
    assert tables.toll(["DELETE FROM orders WHERE id = 2001"], 0).lost == 1
    assert tables.toll(["UPDATE orders SET status = 'lost' WHERE id = 2002"], 0).overwritten == 1
    assert tables.toll([], 0).lost == 0
    assert (tables.digest("orders"), tables.harm({}, 0)) == (digest, Harm())
    tables.run(drop, 0)
    assert tables.harm({}, 0).lost == 3
