"""The few rows that the judge's base database needs: those that requests point at, and some more."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.tables.columns import Numbers
from sim.tables.fill import Fills, in_order
from sim.tables.population import Requests

TYPICAL_ROWS = 50


@dataclass(frozen=True)
class Seed:
    """Rows of a table as text; `expressions` are columns that the reader computes: (column, SQL over the others).

    To load: COPY `columns` into a scratch table, then INSERT … SELECT columns, expressions FROM it.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    expressions: tuple[tuple[str, str], ...] = ()


def seed_rows(fills: Fills, table: str, rows: Numbers) -> Seed:
    """These rows of a table, as PostgreSQL writes them."""
    columns = fills.columns(table, rows)
    texts = [column.texts() for column in columns.values()]
    filled = fills.tables[table].fill
    expressions = tuple((name, sql) for name, sql in fills.expressions(table) if name in filled)
    return Seed(tuple(columns), tuple(zip(*texts, strict=True)) if texts else (), expressions)


def seeds(fills: Fills, requests: Iterable[Requests], typical: int = TYPICAL_ROWS) -> dict[str, Seed]:
    """For every table: the rows that requests point at and the first few, with all the rows that these point at."""
    wanted: dict[str, list[Numbers]] = {
        name: [np.arange(min(fills.count(name), typical), dtype=np.int64)] for name in fills.tables
    }
    for request in requests:
        for table, rows in request.refers.items():
            wanted[table].append(rows)
    found = {table: in_order(rows) for table, rows in wanted.items()}
    fresh = dict(found)
    while any(len(rows) for rows in fresh.values()):
        fresh = _further(fills, found, fresh)
        found = {table: in_order([rows, fresh.get(table, rows[:0])]) for table, rows in found.items()}
    return {table: seed_rows(fills, table, rows) for table, rows in found.items()}


def _further(fills: Fills, found: dict[str, Numbers], fresh: dict[str, Numbers]) -> dict[str, Numbers]:
    """The rows that fresh ones point at and that are not there yet."""
    pointed: dict[str, list[Numbers]] = {}
    for table, rows in fresh.items():
        for target, picked in fills.refers(table, rows).items():
            pointed.setdefault(target, []).extend(picked)
    return {target: np.setdiff1d(in_order(picked), found[target]) for target, picked in pointed.items()}
