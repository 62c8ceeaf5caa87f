"""Fills tables: row n of a table is a pure function of the scenario and of n, whoever asks for it, and for how much."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from sim.chance import uniforms
from sim.errors import NotModelled
from sim.scenario.model import Table
from sim.scenario.values import Derived, RowOf
from sim.tables.columns import Column, Numbers
from sim.tables.definitions import define
from sim.tables.distributions import row_numbers, sample
from sim.tables.pgtypes import WHOLE
from sim.tables.schema import Catalog, Field


class Fills:
    """The tables of a scenario before anything happened."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables

    @cached_property
    def catalog(self) -> Catalog:
        """Every table as its DDL defines it."""
        catalog = Catalog()
        for name, table in self.tables.items():
            catalog = define(table.ddl, catalog)
            if name not in catalog.relations:
                raise NotModelled(f"the ddl of {name} makes no table of that name")
        for name, table in self.tables.items():
            for column in table.fill:
                catalog.relation(name).field(column)
        return catalog

    def count(self, table: str) -> int:
        """How many rows a table begins with."""
        if table not in self.tables:
            self.catalog.relation(table)
        return self.tables[table].rows

    def key(self, table: str) -> Field:
        """The one column that is a table's primary key."""
        keys = self.catalog.relation(table).keys()
        if len(keys) != 1:
            raise NotModelled(f"{table} needs a primary key of one column to be referred to")
        return keys[0]

    def key_at(self, table: str, rows: Numbers) -> Column:
        """The primary keys of these rows."""
        found = self.column(table, self.key(table), rows)
        if found is None:
            raise NotModelled(f"the primary key of {table} is computed by SQL, so nothing else can refer to it")
        return found

    def columns(self, table: str, rows: Numbers) -> dict[str, Column]:
        """The columns that chance fills, for these rows; those computed by SQL are `expressions`."""
        known = self.catalog.relation(table)
        drawn = {field.name: self.column(table, field, rows) for field in known.fields}
        return {name: column for name, column in drawn.items() if column is not None}

    def column(self, table: str, field: Field, rows: Numbers) -> Column | None:
        """One column for these rows; None when SQL computes it."""
        fill = self.tables[table].fill
        if field.name not in fill:
            return None if field.default is not None else self._unfilled(table, field, rows)
        drawn = fill[field.name]
        if isinstance(drawn, Derived):
            return None
        name = f"fill/{table}/{field.name}"
        return sample(drawn, _noise(name, rows), name=name, keys=self)

    def expressions(self, table: str) -> tuple[tuple[str, str], ...]:
        """What PostgreSQL's SQL computes from the other columns: (column, expression) in the order of the table."""
        fill, known = self.tables[table].fill, self.catalog.relation(table)
        found = [
            (field.name, self._expression(fill.get(field.name), field, filled=field.name in fill))
            for field in known.fields
        ]
        return tuple((name, sql) for name, sql in found if sql is not None)

    def refers(self, table: str, rows: Numbers) -> dict[str, list[Numbers]]:
        """Which rows of other tables these rows point at."""
        found: dict[str, list[Numbers]] = {}
        for column, drawn in self.tables[table].fill.items():
            if isinstance(drawn, RowOf):
                picked = row_numbers(drawn, _noise(f"fill/{table}/{column}", rows), self)
                found.setdefault(drawn.row_of, []).append(picked)
        return found

    def _unfilled(self, table: str, field: Field, rows: Numbers) -> Column:
        known = self.catalog.relation(table)
        if field.serial or (known.key == (field.stored,) and field.type.name in WHOLE):
            return Column(rows + 1, "whole", "bigint")
        if field.required and self.tables[table].rows:
            raise NotModelled(f"{table}.{field.name} is NOT NULL without default: its rows need a fill")
        return Column(np.zeros(len(rows), dtype=np.int64), "word", "null", words=(None,))

    @staticmethod
    def _expression(drawn: object, field: Field, *, filled: bool) -> str | None:
        if isinstance(drawn, Derived):
            return drawn.sql
        return field.default if not filled else None


def _noise(name: str, rows: Numbers) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    if not len(rows):
        return np.zeros(0)
    first, last = int(rows.min()), int(rows.max())
    window = uniforms(0, name, first, last + 1)
    contiguous = last - first + 1 == len(rows) and bool((np.diff(rows) == 1).all())
    return window if contiguous else window[rows - first]


def in_order(rows: list[Numbers]) -> Numbers:
    """Row numbers, each once, ascending."""
    return np.unique(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.int64)
