"""What operators write that PostgreSQL takes, the tables take too."""

import pytest

from sim.errors import NotModelled
from sim.tables.store import Store

HEAD = "INSERT INTO orders (id, customer_id, amount, order_metadata)"


def test_a_shorter_type_is_possible_once_longer_values_are_gone(store: Store) -> None:
    """Deleted rows have no say; the others stay as they are."""
    store.run("UPDATE orders SET status = 'cancelled' WHERE id = 7", 0)
    with pytest.raises(Exception, match="value too long"):
        store.run("ALTER TABLE orders ALTER COLUMN status TYPE varchar(7)", 0)
    before = store.rows("SELECT * FROM orders WHERE id <> 7 ORDER BY id DESC", 0, 5, 100)
    store.run("DELETE FROM orders WHERE id = 7", 0)
    store.run("ALTER TABLE orders ALTER COLUMN status TYPE varchar(7)", 0)
    assert store.rows("SELECT * FROM orders ORDER BY id DESC", 0, 5, 100) == before
    assert store.count("SELECT 1 FROM orders", 0) == 1999


@pytest.mark.parametrize(
    "body",
    [
        "SELECT id + 5000, 1, 1.5, '{\"a\":1}' FROM customers WHERE id < 3",
        "SELECT id + 5000, 1, '1.5', '{\"a\": 1}' AS m FROM customers WHERE id < 3",
        "VALUES (5001, 1, 1.5, '{\"a\":1}'), ('5002', 1, '1.5', '{\"a\": 1}')",
    ],
)
def test_an_untyped_literal_takes_the_type_of_its_column(store: Store, body: str) -> None:
    """In the list of a SELECT as in VALUES."""
    assert store.run(f"{HEAD} {body}", 0) == 2
    _, rows = store.rows("SELECT id, amount, order_metadata FROM orders WHERE id > 5000 ORDER BY id", 0, 5, 100)
    assert rows == [[number, "1.50", '{"a": 1}'] for number in ("5001", "5002")]


def test_a_text_that_has_been_typed_is_no_document(store: Store) -> None:
    """A UNION makes it text, and PostgreSQL refuses that."""
    with pytest.raises(NotModelled, match="PostgreSQL does not store text in a column of type jsonb"):
        store.run(f"{HEAD} SELECT 5001, 1, 1.5, '{{}}' UNION SELECT 5002, 1, 1.5, '{{}}'", 0)
