"""A store in this process, a client with its child process, and PostgreSQL to agree with."""

from collections.abc import Iterator

import numpy as np
import pytest

from sim.errors import ServerNeeded
from sim.judge.book import Book
from sim.judge.judge import Judge
from sim.tables.filled import Filled
from sim.tables.store import Store
from sim.tables.tables import Tables
from tests.tables.shop import FACTS, shop

CLOCK_ZERO_US = 1_773_410_400_000_000


def filled_store(facts: str | None = FACTS) -> Store:
    """The shop, built without a child process."""
    fills, store = shop(), Store(CLOCK_ZERO_US)
    store.create({name: table.ddl for name, table in fills.tables.items()}, facts)
    for name in fills.tables:
        store.fill(name, fills.columns(name, np.arange(fills.count(name), dtype=np.int64)))
        store.finish(name, list(fills.expressions(name)))
    return store


@pytest.fixture
def store() -> Iterator[Store]:
    """The shop, with metadata on its orders."""
    made = filled_store()
    made.run("ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}'", 0)
    yield made
    made.connection.close()


@pytest.fixture
def tables() -> Iterator[Tables]:
    """The shop behind its client."""
    with Tables(Filled(shop(), "2026-03-13 14:00", FACTS)) as made:
        yield made


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """PostgreSQL, to compare with."""
    made = Judge(Book())
    try:
        made.server.start()
    except ServerNeeded as missing:
        pytest.skip(str(missing))
    yield made
    made.close()
    made.server.stop()
