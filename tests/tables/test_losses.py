"""What operators destroy is counted exactly; what traffic changes is not."""

from sim.tables.store import Store
from tests.tables.shop import INSERT, orders

SOME = ('{"utm": "a"}', "{}", '{"utm": "b"}', '{"utm": "a"}')


def with_facts(store: Store) -> Store:
    """Three facts and one order without."""
    store.append([INSERT], orders(2001, *SOME))
    return store


def test_dropping_a_column_loses_every_fact_in_it(store: Store) -> None:
    """A facts query that no longer runs has lost them all."""
    with_facts(store).run("ALTER TABLE orders DROP COLUMN order_metadata", 0)
    assert store.lost(0) == 3


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
    """Facts are compared as text, and a default is none."""
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
