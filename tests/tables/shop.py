"""A small shop, as the scenario language would describe it."""

from collections.abc import Mapping

import numpy as np

from sim.scenario.model import Table
from sim.tables.batch import Batch
from sim.tables.columns import Column, worded
from sim.tables.fill import Fills

STARTS = "2026-03-13 14:00"
FACTS = "SELECT id, order_metadata FROM orders WHERE order_metadata <> '{}'"
CUSTOMERS = "CREATE TABLE customers (id bigserial PRIMARY KEY, name text NOT NULL, email text, born date, vip boolean)"
ORDERS = """CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id), amount numeric(10,2) NOT NULL,
    status varchar(12) NOT NULL DEFAULT 'pending', created_at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX by_customer ON orders (customer_id)"""
INSERT = "INSERT INTO orders (id, customer_id, amount, order_metadata) VALUES ($id, $customer_id, $amount, $metadata)"


def table(ddl: str, rows: int, fill: Mapping[str, object]) -> Table:
    """A table as the loader would make it."""
    return Table.model_validate({"ddl": ddl, "rows": rows, "fill": fill})


def shop(customers: int = 300, orders: int = 2000) -> Fills:
    """Customers and their orders."""
    tables = {
        "customers": table(
            ddl=CUSTOMERS,
            rows=customers,
            fill={
                "name": {"faker": "name"},
                "email": {"sql": "lower(replace(name, ' ', '.')) || id || '@example.com'"},
                "born": {"uniform": ["1950-01-01", "2005-12-31"]},
                "vip": {"choice": {True: 1, False: 8, None: 1}},
            },
        ),
        "orders": table(
            ddl=ORDERS,
            rows=orders,
            fill={
                "customer_id": {"row_of": "customers"},
                "amount": {"lognormal": {"median": 42, "sigma": 0.8}},
                "status": {"choice": {"paid": 0.9, "pending": 0.1}},
            },
        ),
    }
    return Fills(tables)


def column(*values: int | str | None, kind: str = "text") -> Column:
    """A column from its values."""
    return worded(values, kind)


def batch(at_ms: list[int] | None = None, **columns: Column) -> Batch:
    """Requests a second apart, from their columns."""
    size = len(next(iter(columns.values())))
    return Batch(np.array(at_ms or range(0, 1000 * size, 1000), dtype=np.int64), columns)


def orders(first: int, *documents: str | None) -> Batch:
    """New orders of customer 1, each with this metadata."""
    count = len(documents)
    return batch(
        id=column(*range(first, first + count), kind="bigint"),
        customer_id=column(*[1] * count, kind="bigint"),
        amount=column(*["9.99"] * count, kind="numeric"),
        metadata=column(*documents),
    )
