"""The tables of one run in DuckDB: everything that happens inside the child process, without the process."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
from sqlglot import exp

from sim.clock import Jumps, on_the_wall
from sim.errors import NotModelled
from sim.tables import functions, subqueries  # noqa: F401  # they enter their readers
from sim.tables.alterations import alter, create_sql, filled, is_ddl
from sim.tables.batch import Batch
from sim.tables.changes import Delete, Insert, Plan, Update, default_value, plan
from sim.tables.columns import Column
from sim.tables.definitions import define
from sim.tables.jsonb import canonical
from sim.tables.loading import load
from sim.tables.losses import Losses
from sim.tables.operators import truth
from sim.tables.parsing import parse, parse_expression, table_name
from sim.tables.pgtypes import BIGINT, PgType, named, written
from sim.tables.pointed import Pointed
from sim.tables.queries import Query, query
from sim.tables.reading import Scope, Source, Translation, Typed, quoted, text_of
from sim.tables.schema import Catalog, Field, Missing, Relation, without
from sim.tables.sessions import spelt_out
from sim.tables.writing import carry_out, count

SETTINGS: dict[str, Any] = {
    "threads": 1, "memory_limit": "2GB", "max_temp_directory_size": "0MB", "autoinstall_known_extensions": False,
    "autoload_known_extensions": False, "allow_community_extensions": False, "allow_persistent_secrets": False,
    "python_enable_replacements": False, "enable_external_access": False,
    "dynamic_or_filter_threshold": 5000,  # so many rows are found by their places without reading the whole table
}  # fmt: skip
REQUEST = '"request"'


@dataclass(frozen=True)
class Planned:
    """A statement of requests, None when it only reads, and the attributes it needs: as they are, or otherwise."""

    plan: Plan | None
    params: frozenset[str]
    documents: frozenset[str]
    narrowed: frozenset[tuple[str, PgType]]


class Store:
    """Tables, what they are called, and the books of losses.

    `starts_us` is clock zero in microseconds since 1970; `jumps` is where the calendar goes ahead of the clock.
    """

    def __init__(self, starts_us: int, jumps: Jumps = ()) -> None:
        self.connection = duckdb.connect(":memory:", config=SETTINGS)
        self.connection.execute("SET lock_configuration=true")
        self.catalog = Catalog()
        self._starts_us, self._jumps = starts_us, jumps
        self._number = 0
        self._planned: dict[tuple[object, ...], Planned] = {}
        self._planned_for = self.catalog
        self._facts: str | None = None
        self.kept: dict[str, Catalog] = {}
        self.half_done = False
        self.losses = Losses(self.connection)
        self.pointed = Pointed(self.connection, self.losses)

    # building

    def create(self, ddls: Mapping[str, str], facts: str | None) -> None:
        """Make every table of a scenario, empty."""
        for ddl in ddls.values():
            self.catalog = define(ddl, self.catalog)
        for relation in self.catalog.relations.values():
            self.connection.execute(create_sql(relation))
        self._facts = facts
        self.facts(0)

    def fill(self, table: str, columns: Mapping[str, Column]) -> None:
        """Append rows; columns that are not given are null until `finish`."""
        relation = self.catalog.table(table)
        given = {relation.field(name).stored: (column, relation.field(name).type) for name, column in columns.items()}
        load(self.connection, relation.source, given)

    def finish(self, table: str, expressions: list[tuple[str, str]]) -> None:
        """Compute the columns that SQL fills, one after the other."""
        relation = self.catalog.table(table)
        for name, sql in expressions:
            self.connection.execute(filled(self.translation(0), relation, replace(relation.field(name), default=sql)))

    # asking

    def translation(self, at_ms: int, params: Mapping[str, PgType] | None = None, now: str = "") -> Translation:
        """A fresh translation at a simulated moment."""
        moment = f"make_timestamp({self._us(at_ms)})"
        return Translation(self.catalog, now or moment, params or {}, number=self._number)

    def _us(self, at_ms: int) -> int:
        return self._starts_us + on_the_wall(at_ms, self._jumps) * 1000

    def moment(self, at_ms: int) -> str:
        """A simulated moment as PostgreSQL reads it."""
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self._us(at_ms))
        return at.strftime("%Y-%m-%d %H:%M:%S.%f+00")

    def translate(self, sql: str, at_ms: int) -> Query:
        """One SELECT as DuckDB says it."""
        return query(self.translation(at_ms), spelt_out(parse(sql)), Scope())

    def count(self, sql: str, at_ms: int) -> int:
        """How many rows a query gives."""
        return count(self.connection, f"SELECT count(*) FROM ({self.translate(sql, at_ms).sql}) AS q")

    def holds(self, sql: str, at_ms: int) -> bool:
        """Whether a query gives one row that says true."""
        found = self.translate(sql, at_ms)
        if len(found.columns) != 1 or found.columns[0][1].name != "boolean":
            raise NotModelled("an invariant gives one row with one boolean")
        rows = self.connection.execute(found.sql).fetchmany(2)
        if len(rows) != 1:
            raise NotModelled("an invariant gives one row with one boolean")
        return rows[0][0] is True

    def show(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[str | None]]) -> None:
        """Let queries read a relation that is no table, such as information_schema.columns."""
        fields = tuple(Field(head, head, named(kind)) for head, kind in columns.items())
        heads = ", ".join(quoted(head) for head in columns)
        texts = [", ".join("NULL" if cell is None else text_of(cell) for cell in row) for row in rows]
        lines = ", ".join(f"({text})" for text in texts) or f"({', '.join('NULL' for _ in fields)})"
        typed_heads = ", ".join(f"CAST({quoted(f.name)} AS {f.type.storage}) AS {quoted(f.name)}" for f in fields)
        reads = f"SELECT {typed_heads} FROM (VALUES {lines}) AS v({heads}) WHERE {'TRUE' if texts else 'FALSE'}"
        self.catalog = self.catalog.put(Relation(name, f"shown {name}", fields, reads=reads))

    def rows(self, sql: str, at_ms: int, limit: int, cell: int) -> tuple[list[str], list[list[str | None]]]:
        """Column names, and up to `limit` rows as text cut to `cell` letters."""
        found = self.translate(sql, at_ms)
        texts = ", ".join(f"left({written(f'q.{quoted(name)}', kind)}, {cell})" for name, kind in found.columns)
        given = self.connection.execute(f"SELECT {texts} FROM ({found.sql}) AS q LIMIT {limit}").fetchall()
        return [name for name, _ in found.columns], [list(row) for row in given]

    def witness(self, table: str, finds: str, at_ms: int, limit: int) -> tuple[list[str], list[list[str | None]]]:
        """Rows of a table that a predicate, or a query giving whole rows, finds: as text, all columns."""
        relation = self.catalog.table(table)
        text = finds.strip().rstrip(";")
        is_query = text.lower().lstrip("( \n\t").startswith(("select", "with"))
        sql = text if is_query else f"SELECT * FROM {quoted(relation.name)} WHERE ({text})"
        names, rows = self.rows(sql, at_ms, limit, 1 << 20)
        if names != [known.name for known in relation.fields]:
            raise NotModelled(f"a witness of {table} is a whole row of it")
        return names, rows

    def bits(self, guard: str, batch: Batch, flags: Mapping[str, bool]) -> bytes:
        """For each request, 1 where a guard over attributes, flags and rows is true."""
        if told := self.pointed.answer(guard, batch.columns, flags, self.catalog):
            return told
        kinds = {name: named(_kind(column)) for name, column in batch.columns.items()}
        names = Source(
            "", tuple((name, Typed(f"{REQUEST}.{quoted('$' + name)}", kind)) for name, kind in kinds.items())
        )
        asked = Source("flags", tuple((flag, Typed(str(on).upper(), PgType("boolean"))) for flag, on in flags.items()))
        translation = self.translation(0, kinds, now=f'{REQUEST}." now"')
        condition = truth(translation, parse_expression(guard), Scope((names, replace(asked, merged=frozenset(flags)))))
        self._take(batch, kinds, translation.documents, set())
        try:
            found = self.connection.execute(
                f'SELECT coalesce({condition}, FALSE) AS b FROM {REQUEST} ORDER BY {REQUEST}." order"'
            ).fetchnumpy()["b"]
        finally:
            self.connection.execute(f"DROP TABLE IF EXISTS {REQUEST}")
        return np.asarray(found, dtype=np.uint8).tobytes()

    def digest(self, table: str) -> int:
        """An order-free fingerprint of a table's rows."""
        relation = self.catalog.relation(table)
        row = ", ".join(f"coalesce({written(quoted(f.stored), f.type)}, chr(0))" for f in relation.fields)
        return count(
            self.connection,
            f"SELECT CAST(coalesce(sum(CAST(hash({row}) AS HUGEINT)), 0) % 18446744073709551557 AS VARCHAR) "
            f"FROM {relation.source} AS q",
        )

    # changing

    def run(self, statement: str, at_ms: int, *, operator: bool = True, by_hand: bool = True) -> int:
        """Carry out one statement that PostgreSQL accepted; gives the rows it changed.

        What an operator does `by_hand` to users' rows is noted; what a job's script does is not theirs.
        """
        node = parse(statement)
        self._number += 1
        self.pointed.forget()
        made = None if is_ddl(node) else plan(self.translation(at_ms), node)
        watched = operator and (made is None or self._are_facts(made.table))
        if watched:
            self.losses.before(self.facts(at_ms))
        rows, changed = 0, True
        if made is None:
            changed = self._alter(self.translation(at_ms), node)
        else:
            rows = self._write(made, operator=operator, by_hand=by_hand)
        if watched:
            self.losses.after(self.facts(at_ms), rows_changed=changed)
        return rows

    def append(self, statements: list[str], batch: Batch) -> list[int]:
        """Carry out the statements of a batch of requests, in their order; gives the rows each changed."""
        kinds = {name: named(_kind(column)) for name, column in batch.columns.items()}
        plans = [self._plan_for_requests(statement, kinds) for statement in statements]
        reads = {name: kinds[name] for name in kinds if any(name in each.params for each in plans)}
        documents = {name for each in plans for name in each.documents}
        narrowed = {narrow for each in plans for narrow in each.narrowed}
        self._take(batch, reads, documents, narrowed)
        try:
            with self._transaction():
                return [0 if each.plan is None else self._carry_out(each.plan) for each in plans]
        finally:
            self.connection.execute(f"DROP TABLE IF EXISTS {REQUEST}")

    def _plan_for_requests(self, statement: str, kinds: Mapping[str, PgType]) -> "Planned":
        """What requests do, read once for as long as no table changes its shape."""
        self._number += 1
        key = (statement, tuple(kinds.items()))
        if self._planned_for is not self.catalog:
            self._planned, self._planned_for = {}, self.catalog
        if key in self._planned:
            return self._planned[key]
        translation = self.translation(0, kinds, now=f'{REQUEST}." now"')
        translation.batch = True
        node = parse(statement)
        made = None if isinstance(node, exp.Query) else plan(translation, node)
        said = repr(made)
        params = frozenset(name for name in kinds if quoted(f"${name}") in said)
        planned = Planned(made, params, frozenset(translation.documents), frozenset(translation.narrowed))
        if not translation.counted:
            self._planned[key] = planned
        return planned

    def _carry_out(self, made: Plan) -> int:
        if isinstance(made, Delete):
            self.pointed.forget()
        return carry_out(self.connection, made, batch=True, touched=self.losses.touched(made.table))

    def _alter(self, translation: Translation, node: exp.Expr) -> bool:
        """Change the schema; whether rows are stored differently now.

        DuckDB cannot mix ALTER with other changes in a transaction, so a failure leaves the store half done.
        """
        done = alter(translation, node)
        self.losses.dropped += sum(self._values(translation, *gone) for gone in without(self.catalog, done.catalog))
        self.half_done = True
        for sql in done.statements:
            self.connection.execute(sql)
        self.catalog, self.half_done = done.catalog, False
        return bool(done.statements)

    def _values(self, translation: Translation, relation: Relation, known: Field) -> int:
        """How many rows say something in a column that its default does not say."""
        column = quoted(known.stored)
        usual = "NULL" if known.serial else default_value(translation, relation, known)
        said = f"{column} IS NOT NULL AND {column} IS DISTINCT FROM CAST({usual} AS {known.type.storage})"
        return count(self.connection, f"SELECT count(*) FROM {relation.source} WHERE {said}")

    def _write(self, made: Plan, *, operator: bool, by_hand: bool) -> int:
        columns = made.columns if isinstance(made, Update) else _set_columns(made)
        watched = operator and by_hand and bool(columns) and self.losses.watch(made.table, columns)
        touched = None if operator else self.losses.touched(made.table)
        with self._transaction():
            rows = carry_out(self.connection, made, batch=False, touched=touched)
            if watched:
                self.losses.compare(made.table, columns)
        return rows

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # losses

    @property
    def has_facts(self) -> bool:
        """Whether the scenario says what must not be lost."""
        return self._facts is not None

    def facts(self, at_ms: int) -> Query | None:
        """The facts query as of now; None when what it reads is not there."""
        if self._facts is None:
            return None
        try:
            return self.translate(self._facts, at_ms)
        except Missing:
            return None

    def _are_facts(self, table: Relation) -> bool:
        """Whether rows of a table are read by the facts, so that a change of them may lose some."""
        named = {table_name(found) for found in parse(self._facts or "SELECT 1").find_all(exp.Table)}
        read = [self.catalog.relations[name] for name in named if name in self.catalog.relations]
        return any(known.stored == table.stored or table.stored in known.uses for known in read)

    def lost(self, at_ms: int) -> int:
        """How many facts operators destroyed."""
        return self.losses.lost(self.facts(at_ms))

    # within

    def _take(
        self, batch: Batch, kinds: Mapping[str, PgType], documents: set[str], narrowed: set[tuple[str, PgType]]
    ) -> None:
        """Make the batch a table: its order, its moments, and each attribute, in other types too where asked for."""
        order = Column(np.arange(len(batch), dtype=np.int64), "whole", "bigint")
        jumped = sum((jump * (batch.at_ms >= moment) for moment, jump in self._jumps), np.zeros_like(batch.at_ms))
        moments = Column(self._starts_us + (batch.at_ms + jumped) * 1000, "whole", "bigint")
        columns = {" order": (order, BIGINT), " us": (moments, BIGINT)}
        columns |= {f"${name}": (batch.columns[name], kind) for name, kind in kinds.items()}
        for name in sorted(documents):
            columns[f"${name}/jsonb"] = (_documents(batch.columns[name], name), PgType("jsonb"))
        columns |= {f"${name}/{kind}": (batch.columns[name], kind) for name, kind in sorted(narrowed, key=str)}
        heads = ", ".join(f"{quoted(name)} {kind.storage}" for name, (_, kind) in columns.items())
        now = '" now" TIMESTAMP GENERATED ALWAYS AS (make_timestamp(" us"))'
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {REQUEST} ({heads}, {now})")
        load(self.connection, REQUEST, columns)


def _kind(column: Column) -> str:
    return "text" if column.kind in {"null", "unknown"} else column.kind


def _documents(column: Column, name: str) -> Column:
    if column.form != "word":
        raise NotModelled(f"${name} is no JSON text")
    words = []
    for word in column.words:
        document = None if word is None else canonical(word)
        if word is not None and document is None:
            raise NotModelled(f"${name} holds {word[:60]!r}, which is no JSON that jsonb takes")
        words.append(document)
    return Column(column.numbers, "word", "jsonb", words=tuple(words))


def _set_columns(made: Plan) -> tuple[str, ...]:
    return tuple(column for column, _ in made.clash.sets) if isinstance(made, Insert) and made.clash else ()
