"""What operators destroy is counted exactly; what traffic changes is not."""

from collections.abc import Iterator

import pytest

from sim.tables.store import Store
from tests.tables.shop import INSERT, orders

SOME = ('{"utm": "a"}', "{}", '{"utm": "b"}', '{"utm": "a"}')


@pytest.fixture
def priced() -> Iterator[Store]:
    """Three prices, of which one is no whole number; what they are is a fact."""
    made = Store(0)
    ddl = "CREATE TABLE prices (id bigint PRIMARY KEY, amount numeric(10,2))"
    made.create({"prices": ddl}, "SELECT id, amount FROM prices")
    made.run("INSERT INTO prices VALUES (1, 42), (2, 19.90), (3, 100)", 0, operator=False)
    yield made
    made.connection.close()


def with_facts(store: Store) -> Store:
    """Three facts and one order without."""
    store.append([INSERT], orders(2001, *SOME))
    return store


def test_dropping_a_column_loses_every_fact_in_it(store: Store) -> None:
    """A facts query that no longer runs has lost them all."""
    with_facts(store).run("ALTER TABLE orders DROP COLUMN order_metadata", 0)
    assert store.lost(0) == 3


def test_values_that_go_with_a_column_are_counted_beyond_its_default(priced: Store) -> None:
    """Lost or not: a column says something where it does not say what it says by itself."""
    priced.run("ALTER TABLE prices ADD COLUMN shown boolean NOT NULL DEFAULT false", 0)
    priced.run("UPDATE prices SET shown = true WHERE id < 3", 0)
    priced.run("ALTER TABLE prices RENAME COLUMN shown TO visible", 0)
    priced.run("ALTER TABLE prices ALTER COLUMN amount TYPE numeric(12,2)", 0)
    assert priced.losses.dropped == 0
    priced.run("ALTER TABLE prices DROP COLUMN visible", 0)
    assert (priced.losses.dropped, priced.lost(0)) == (2, 0)
    priced.run("DROP TABLE prices", 0)
    assert priced.losses.dropped == 2 + 6


def test_facts_that_come_back_are_not_lost(store: Store) -> None:
    """One by hand, the others not."""
    with_facts(store).run("ALTER TABLE orders DROP COLUMN order_metadata", 0)
    store.run("ALTER TABLE orders ADD COLUMN order_metadata jsonb", 0)
    assert store.lost(0) == 3
    store.run('UPDATE orders SET order_metadata = \'{"utm":"b"}\' WHERE id = 2003', 0)
    assert store.lost(0) == 2


def test_a_rename_hides_facts_and_a_view_brings_them_back(store: Store) -> None:
    """Gone while their query fails, there when it runs again."""
    with_facts(store).run("ALTER TABLE orders RENAME TO purchases", 0)
    assert store.lost(0) == 3
    store.run("CREATE VIEW orders AS SELECT id, order_metadata FROM purchases", 0)
    assert store.lost(0) == 0


def test_what_traffic_changes_is_not_lost(store: Store) -> None:
    """A user may change their own order."""
    with_facts(store).append(["UPDATE orders SET order_metadata = '{}' WHERE id = $id"], orders(2001, "{}"))
    store.run("UPDATE customers SET vip = true", 0)
    assert store.lost(0) == 0


def test_a_harmless_statement_loses_nothing(store: Store) -> None:
    """Facts are compared by what they say, and a default is none."""
    with_facts(store).run("ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'", 0)
    store.run("ALTER TABLE orders ALTER COLUMN order_metadata DROP NOT NULL", 0)
    assert store.lost(0) == 0


def test_an_unguarded_repair_overwrites_what_users_wrote(store: Store) -> None:
    """Counted by rows; a guarded one, or one that fills what was empty, overwrites nothing."""
    with_facts(store).run("UPDATE orders SET status = 'paid' WHERE id < 2001", 0)
    assert store.losses.overwritten() == 0
    store.run("UPDATE customers SET vip = false WHERE id = 2", 0)
    assert store.losses.overwritten() == 0
    store.run("UPDATE orders SET status = 'paid'", 0)
    store.run("UPDATE orders SET amount = 1", 0)
    assert store.losses.overwritten() == 4
    assert store.lost(0) == 0


def test_filling_an_empty_value_overwrites_nothing(store: Store) -> None:
    """A backfill of nulls takes nothing from anybody."""
    store.run("ALTER TABLE orders ADD COLUMN note text", 0)
    with_facts(store).run("UPDATE orders SET note = 'backfilled'", 0)
    assert store.losses.overwritten() == 0
    store.run("UPDATE orders SET note = 'again'", 0)
    assert store.losses.overwritten() == 4


def test_what_an_operator_made_is_nobodys_loss(store: Store) -> None:
    """Values written by hand, or by a change of type, may go; what users wrote before them is lost."""
    with_facts(store).run("UPDATE orders SET order_metadata = '{\"x\":1}' WHERE id < 1001", 0)
    assert store.lost(0) == 0
    store.run("UPDATE orders SET order_metadata = '{}' WHERE id < 1001", 0)
    assert store.lost(0) == 0
    store.run("ALTER TABLE orders ALTER COLUMN order_metadata TYPE text USING 'gone'", 0)
    assert store.lost(0) == 3
    store.run("ALTER TABLE orders DROP COLUMN order_metadata", 0)
    assert store.lost(0) == 3


def test_a_column_that_comes_full_makes_facts_of_its_own(store: Store) -> None:
    """Two thousand defaults are no users' words."""
    store.run("ALTER TABLE orders DROP COLUMN order_metadata", 0)
    store.run("ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{\"x\":1}'", 0)
    store.run("ALTER TABLE orders DROP COLUMN order_metadata", 0)
    assert store.lost(0) == 0


def test_what_an_operator_restores_is_the_users_again(store: Store) -> None:
    """Lost, put back by hand, and lost once more."""
    with_facts(store).run("UPDATE orders SET order_metadata = '{}' WHERE id = 2003", 0)
    assert store.lost(0) == 1
    store.run('UPDATE orders SET order_metadata = \'{"utm":"b"}\' WHERE id = 2003', 0)
    assert store.lost(0) == 0
    store.run("DELETE FROM orders WHERE id = 2003", 0)
    assert store.lost(0) == 1


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ("orders RENAME TO purchases", "purchases RENAME TO orders"),
        ("orders RENAME COLUMN order_metadata TO extra", "orders RENAME COLUMN extra TO order_metadata"),
    ],
)
def test_a_rename_away_and_back_loses_nothing(store: Store, away: str, back: str) -> None:
    """Lost while away, none afterwards, and so every time."""
    with_facts(store)
    for _ in range(2):
        store.run(f"ALTER TABLE {away}", 0)
        assert store.lost(0) == 3
        store.run(f"ALTER TABLE {back}", 0)
        assert store.lost(0) == 0
    store.run("DELETE FROM orders WHERE id > 2000", 0)
    assert store.lost(0) == 3


def test_what_users_write_while_their_table_is_away_is_theirs(store: Store) -> None:
    """A rename back brings it into view, and does not make it the operator's."""
    store.run("ALTER TABLE orders RENAME TO purchases", 0)
    store.append([INSERT.replace("orders", "purchases")], orders(2001, *SOME))
    store.run("ALTER TABLE purchases RENAME TO orders", 0)
    assert store.lost(0) == 0
    store.run("DELETE FROM orders WHERE id > 2000", 0)
    assert store.lost(0) == 3


@pytest.mark.parametrize(("kind", "lost"), [
    pytest.param("numeric(12,3)", 0, id="a finer scale"),
    pytest.param("numeric", 0, id="any scale"),
    pytest.param("double precision", 0, id="a float"),
    pytest.param("numeric(10,0)", 1, id="a coarser scale"),
    pytest.param("integer", 1, id="whole numbers"),
])  # fmt: skip
def test_a_number_that_keeps_its_value_is_not_lost(priced: Store, *, kind: str, lost: int) -> None:
    """42.00 and 42 are one fact, however the column writes it; 19.90 as 20 is another."""
    priced.run(f"ALTER TABLE prices ALTER COLUMN amount TYPE {kind}", 0)
    assert priced.lost(0) == lost


def test_what_a_statement_does_to_a_number_is_still_seen(priced: Store) -> None:
    """A change of value is a loss, and setting the value back, in any scale, is none."""
    priced.run("UPDATE prices SET amount = amount + 0.01 WHERE id = 1", 0)
    assert priced.lost(0) == 1
    priced.run("ALTER TABLE prices ALTER COLUMN amount TYPE numeric(20,6)", 0)
    priced.run("UPDATE prices SET amount = 42 WHERE id = 1", 0)
    assert priced.lost(0) == 0
