"""Guards that look at one row by its key: answered for every row once, then only for rows that users have changed.

`(SELECT NOT u.active FROM users u WHERE u.id = user_id)` is one: what it says of a request, it says of the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray
from sqlglot import exp

from sim.tables.changes import conjuncts
from sim.tables.columns import Column, Numbers
from sim.tables.losses import Losses
from sim.tables.operators import truth
from sim.tables.parsing import name_of, parse_expression, table_name
from sim.tables.pgtypes import WHOLE, PgType
from sim.tables.reading import Scope, Source, Translation, Typed, quoted
from sim.tables.schema import Catalog, Relation
from sim.tables.writing import count

Truths = NDArray[np.bool_]
_PLAIN = {"expressions", "from_", "where"}
_TIMELY = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Localtimestamp, exp.Localtime)


@dataclass(frozen=True)
class Look:
    """A guard taken apart: the table, what it calls it, its key, the attribute that names the key, and the test."""

    table: Relation
    alias: str
    key: str
    attribute: str
    test: exp.Expr

    def condition(self, catalog: Catalog, flags: Mapping[str, bool]) -> tuple[str, frozenset[str]]:
        """The test as DuckDB says it of a row of `near`, and the stored columns that it reads."""
        columns = tuple((f.name, Typed(f'"near".{quoted(f.stored)}', f.type)) for f in self.table.fields)
        asked = tuple((flag, Typed(str(on).upper(), PgType("boolean"))) for flag, on in flags.items())
        outer = Scope((Source("flags", asked, merged=frozenset(flags)),))
        translation = Translation(catalog, now="")
        said = truth(translation, self.test, Scope((Source(self.alias, columns),), outer))
        return said, frozenset(translation.uses & {f.stored for f in self.table.fields})


@dataclass
class Known:
    """What a guard says of each key, false where it is not among them; `seen` counts the users' changes it knows of."""

    look: Look
    condition: str
    reads: frozenset[str]
    keys: Numbers
    holds: Truths
    seen: int


def look_of(guard: str, catalog: Catalog, attributes: Mapping[str, Column]) -> Look | None:
    """A guard as a look at one row; None when it is anything else."""
    select = parse_expression(guard).unnest()
    if not isinstance(select, exp.Select) or len(list(select.find_all(exp.Select))) > 1 or select.find(*_TIMELY):
        return None
    origin, where = select.args.get("from_"), select.args.get("where")
    given = {name for name, value in select.args.items() if value}
    if given != _PLAIN or origin is None or where is None or not isinstance(origin.this, exp.Table):
        return None
    table = catalog.relations.get(table_name(origin.this))
    if table is None or table.reads is not None or len(table.keys()) != 1 or table.keys()[0].type.name not in WHOLE:
        return None
    return _with_key(table, origin.this.alias_or_name, list(conjuncts(where.this)), select.expressions[0], attributes)


def _with_key(
    table: Relation, alias: str, tests: list[exp.Expr], told: exp.Expr, attributes: Mapping[str, Column]
) -> Look | None:
    names = {field.name for field in table.fields}
    key = table.keys()[0]
    for test in tests:
        sides = (test.this, test.expression) if isinstance(test, exp.EQ) else ()
        attribute = [name_of(side.this) for side in sides if isinstance(side, exp.Column) and not side.table]
        pointed = [name for name in attribute if name not in names and name in attributes]
        keyed = any(isinstance(side, exp.Column) and name_of(side.this) == key.name for side in sides)
        rest = exp.and_(*(one for one in tests if one is not test), told.unalias())
        if pointed and keyed and all(_of_row(column, names) for column in rest.find_all(exp.Column)):
            return Look(table, alias, key.stored, pointed[0], rest)
    return None


def _of_row(column: exp.Column, names: set[str]) -> bool:
    return column.table == "flags" or (isinstance(column.this, exp.Identifier) and name_of(column.this) in names)


class Pointed:
    """The guards of one run that look at one row; forgets everything when an operator changes the tables."""

    def __init__(self, connection: DuckDBPyConnection, losses: Losses) -> None:
        self._connection, self._losses = connection, losses
        self._known: dict[tuple[str, tuple[tuple[str, bool], ...]], Known] = {}
        self._near: tuple[str, int, int] | None = None

    def forget(self) -> None:
        """Rows may be other ones now."""
        self._known.clear()
        self._near = None

    def answer(self, guard: str, columns: Mapping[str, Column], flags: Mapping[str, bool], catalog: Catalog) -> bytes:
        """For each request, 1 where the guard holds; b'' when it is not of this kind."""
        asked = (guard, tuple(flags.items()))
        if asked not in self._known:
            look = look_of(guard, catalog, columns)
            if look is None:
                return b""
            self._known[asked] = self._learn(look, *look.condition(catalog, flags))
        known = self._known[asked]
        self._catch_up(known)
        pointed = columns[known.look.attribute]
        numbers = pointed.numbers if pointed.form == "whole" else _numbers(pointed)
        places = np.minimum(np.searchsorted(known.keys, numbers), max(len(known.keys) - 1, 0))
        if not len(known.keys):
            return bytes(len(numbers))
        found: bytes = ((known.keys[places] == numbers) & known.holds[places]).astype(np.uint8).tobytes()
        return found

    def _learn(self, look: Look, condition: str, reads: frozenset[str]) -> Known:
        self._near = None
        seen = self._changes(look)
        key = f'CAST("near".{quoted(look.key)} AS BIGINT)'
        found = self._connection.execute(f'SELECT {key} AS k FROM {look.table.source} AS "near" WHERE {condition}')
        keys = np.sort(np.asarray(found.fetchnumpy()["k"], dtype=np.int64))
        return Known(look, condition, reads, keys, np.ones(len(keys), bool), seen)

    def _catch_up(self, known: Known) -> None:
        upto = self._changes(known.look)
        if upto == known.seen:
            return
        here = (known.look.table.stored, known.seen, upto)
        if self._near != here:
            touched = self._losses.touched(known.look.table)
            alike = (one.reads for one in self._known.values() if one.look.table.stored == known.look.table.stored)
            heads = ", ".join(map(quoted, sorted(frozenset({known.look.key}).union(*alike))))
            source, key = known.look.table.source, quoted(known.look.key)
            since = f"FROM {touched} WHERE rowid >= {known.seen}"
            self._connection.execute(
                f'CREATE OR REPLACE TEMP TABLE "near rows" AS '
                f"SELECT {heads} FROM {source} WHERE rowid IN (SELECT place {since} AND place IS NOT NULL) UNION ALL "
                f"SELECT {heads} FROM {source} "
                f"WHERE {key} IN (SELECT CAST(key AS BIGINT) {since} AND place IS NULL)"
            )
            self._near = here
        keys, holds = self._ask(known.look, known.condition)
        places = np.minimum(np.searchsorted(known.keys, keys), max(len(known.keys) - 1, 0))
        there = known.keys[places] == keys if len(known.keys) else np.zeros(len(keys), bool)
        known.holds[places[there]] = holds[there]
        others = ~there & holds
        if others.any():
            fresh = np.sort(keys[others])
            at = np.searchsorted(known.keys, fresh)
            known.keys, known.holds = np.insert(known.keys, at, fresh), np.insert(known.holds, at, True)
        known.seen = upto

    def _changes(self, look: Look) -> int:
        return count(self._connection, f"SELECT count(*) FROM {self._losses.touched(look.table)}")

    def _ask(self, look: Look, condition: str) -> tuple[Numbers, Truths]:
        found = self._connection.execute(
            f'SELECT CAST("near".{quoted(look.key)} AS BIGINT) AS k, coalesce({condition}, FALSE) AS b '
            f'FROM "near rows" AS "near"'
        ).fetchnumpy()
        return np.asarray(found["k"], dtype=np.int64), np.asarray(found["b"], dtype=bool)


def _numbers(column: Column) -> Numbers:
    """Whole numbers that travelled as words; what is none, or null, points at no row."""
    words = np.array([int(word) if word is not None else -1 for word in column.words], dtype=np.int64)
    return words[column.numbers]
