"""A guard that looks at one row by its key is answered as any other, however rows change."""

import numpy as np
import pytest

from sim.tables.batch import Batch, whole
from sim.tables.columns import worded
from sim.tables.pointed import look_of
from sim.tables.store import Store

DDL = "CREATE TABLE users (id bigint PRIMARY KEY, ok boolean NOT NULL DEFAULT false, email text)"
GUARD = "(SELECT NOT u.ok AND flags.strict FROM users u WHERE u.id = who)"
SLOW = "EXISTS (SELECT 1 FROM users u WHERE u.id = who AND NOT u.ok AND flags.strict)"
FLAGS = {"strict": True}


@pytest.fixture
def store() -> Store:
    store = Store(0)
    store.create({"users": DDL}, None)
    store.run("INSERT INTO users (id, ok) VALUES (1, true), (2, false), (5, false)", 0)
    return store


def of(*who: int | None) -> Batch:
    given = worded(list(who), "bigint") if None in who else whole(np.array(who, dtype=np.int64))
    return Batch(np.zeros(len(who), dtype=np.int64), {"who": given})


def told(store: Store, guard: str, batch: Batch) -> list[int]:
    return list(store.bits(guard, batch, FLAGS))


def test_it_follows_what_users_and_operators_do(store: Store) -> None:
    """Changed, added and deleted rows; at every step the same as for a guard of another kind."""
    everybody = of(1, 2, 3, 5, 6, 6)
    assert look_of(GUARD, store.catalog, everybody.columns) is not None
    assert look_of(SLOW, store.catalog, everybody.columns) is None
    assert told(store, GUARD, everybody) == [0, 1, 0, 1, 0, 0]
    steps = (
        lambda: store.append(["UPDATE users SET ok = true WHERE id = $who AND NOT ok"], of(2, 2, 7)),
        lambda: store.append(["INSERT INTO users (id) VALUES ($who)"], of(6, 3)),
        lambda: store.run("UPDATE users SET ok = NOT ok", 0),
        lambda: store.append(["DELETE FROM users WHERE id = $who"], of(1)),
        lambda: (
            store.run("ALTER TABLE users RENAME COLUMN ok TO fine", 0)
            or store.run("ALTER TABLE users ADD COLUMN ok boolean NOT NULL DEFAULT false", 0)
        ),
    )
    for step in steps:
        step()
        assert told(store, GUARD, everybody) == told(store, SLOW, everybody)


def test_who_points_at_nobody_meets_nothing(store: Store) -> None:
    """A null, and an empty batch."""
    assert told(store, GUARD, of(None, 2)) == [0, 1]
    assert told(store, GUARD, of()) == []


@pytest.mark.parametrize(
    "guard",
    [
        "(SELECT NOT u.ok AND amount > 5 FROM users u WHERE u.id = who)",
        "(SELECT NOT u.ok FROM users u WHERE u.email = who)",
        "(SELECT u.email < now()::text FROM users u WHERE u.id = who)",
        "who = 1",
    ],
    ids=["another attribute", "no key", "the time", "no rows"],
)
def test_what_is_more_than_one_row_is_no_look(store: Store, guard: str) -> None:
    """Such a guard is asked anew each time."""
    assert look_of(guard, store.catalog, of(1).columns) is None
