"""What a statement that changes rows would leave behind, for questions about it: nothing is carried out.

Questions see every table as it is, and three relations more: the rows that go or change as they stand before, those
that come or have changed as they stand after, and the rows that are left alone. Each has the columns of the
statement's table, and a column " row" that tells which row after is which row before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.changes import Clash, Insert, Plan, Update, plan
from sim.tables.pgtypes import BIGINT
from sim.tables.reading import quoted
from sim.tables.schema import Field, Relation
from sim.tables.store import Store
from sim.tables.wire import AFTER, BEFORE, LEFT, ROW
from sim.tables.writing import count

_CELL = 1 << 20


@dataclass(frozen=True)
class Answer:
    """Rows as text, or why the tables cannot tell."""

    columns: list[str]
    rows: list[list[str | None]]
    gap: str = ""


@dataclass(frozen=True)
class Reach:
    """The table that a statement writes to, and the columns that it may give a value.

    `adds`: it only puts rows there. `takes`: it only takes rows away.
    """

    table: str
    columns: tuple[str, ...]
    adds: bool
    takes: bool


def reach(made: Plan) -> Reach:
    """Where a statement's changes can be seen."""
    everything = tuple(known.name for known in made.table.fields)
    if isinstance(made, Update):
        changed = tuple(known.name for known in made.table.fields if known.stored in made.columns)
        return Reach(made.table.name, changed, adds=False, takes=False)
    if isinstance(made, Insert):
        adds = made.clash is None or not made.clash.sets
        return Reach(made.table.name, everything, adds=adds, takes=False)
    return Reach(made.table.name, everything, adds=False, takes=True)


def foresee(store: Store, node: exp.Expr, at_ms: int, asked: Sequence[str], limit: int) -> tuple[Reach, list[Answer]]:
    """Answer questions about the rows that a statement takes away, leaves, and puts there."""
    made = plan(store.translation(at_ms), node)
    if asked:
        _lay_out(store, made)
    return reach(made), [_answer(store, sql, at_ms, limit) for sql in asked]


def _answer(store: Store, sql: str, at_ms: int, limit: int) -> Answer:
    try:
        return Answer(*store.rows(sql, at_ms, limit, _CELL))
    except NotModelled as gap:
        return Answer([], [], str(gap))


def _lay_out(store: Store, made: Plan) -> None:
    """Make the three relations; the question runs in a fork, where they are seen by nobody else."""
    run, fields = store.connection.execute, made.table.fields
    run(f'CREATE TEMP TABLE "the change" AS {made.changes if isinstance(made, Update) else made.rows}')
    before, after = _sides(made)
    for name, sides in ((BEFORE, before), (AFTER, after)):
        heads = ", ".join([f"{quoted(ROW)} BIGINT", *(f"{quoted(f.stored)} {f.type.storage}" for f in fields)])
        run(f"CREATE TEMP TABLE {quoted(name)} ({heads})")
        for side in sides:
            run(f"INSERT INTO {quoted(name)} {side}")
    rows = f"SELECT count(*), count(DISTINCT {quoted(ROW)}) FROM {quoted(BEFORE)}"
    if len(set(run(rows).fetchall()[0])) > 1:
        raise NotModelled("a statement that finds several values for one row takes any of them")
    left = f"SELECT rowid AS {quoted(ROW)}, * FROM {made.table.source}"
    left += f" WHERE rowid NOT IN (SELECT {quoted(ROW)} FROM {quoted(BEFORE)})"
    shown = (Field(ROW, ROW, BIGINT), *fields)
    for name, reads in ((BEFORE, f"SELECT * FROM {quoted(BEFORE)}"), (AFTER, f"SELECT * FROM {quoted(AFTER)}"),
                        (LEFT, left)):  # fmt: skip
        store.catalog = store.catalog.put(replace(made.table, name=name, stored=name, fields=shown, reads=reads))
    if isinstance(made, Insert) and made.clash is not None:
        _refuse_meeting_twice(store, made.clash)


def _sides(made: Plan) -> tuple[list[str], list[str]]:
    """SQL for the rows that go or change, and for what stands there then."""
    there, new = made.table.source, '"the change" AS "new"'
    kept = _shown(made.table, {})
    if isinstance(made, Update):
        met = f'FROM {there} AS "there", {new} WHERE "there".rowid = "new"." row"'
        values = {column: f'"new".{quoted(column)}' for column in made.columns}
        return [f'SELECT "there".rowid, {kept} {met}'], [f'SELECT "there".rowid, {_shown(made.table, values)} {met}']
    if not isinstance(made, Insert):
        return [f'SELECT "there".rowid, {kept} FROM {there} AS "there", {new} WHERE "there".rowid = "new"." row"'], []
    values = {known.stored: f'"incoming".{quoted(known.stored)}' for known in made.table.fields}
    fresh = f'SELECT -row_number() OVER (), {_shown(made.table, values)} FROM "the change" AS "incoming"'
    if made.clash is None:
        return [], [fresh]
    return _or_instead(made.table, made.clash, fresh)


def _or_instead(table: Relation, clash: Clash, fresh: str) -> tuple[list[str], list[str]]:
    """ON CONFLICT: rows whose key is new, and those that are met and changed."""
    keys = ", ".join(f'"incoming".{quoted(key)}' for key in clash.keys)
    same = " AND ".join(f'"there".{quoted(key)} = "incoming".{quoted(key)}' for key in clash.keys)
    fresh += f' WHERE NOT EXISTS (SELECT 1 FROM {table.source} AS "there" WHERE {same})'
    fresh += f" QUALIFY row_number() OVER (PARTITION BY {keys}) = 1"
    if not clash.sets:
        return [], [fresh]
    met = f'FROM {table.source} AS "there", "the change" AS "incoming" WHERE {same} AND ({clash.where})'
    changed = _shown(table, dict(clash.sets))
    return [f'SELECT "there".rowid, {_shown(table, {})} {met}'], [f'SELECT "there".rowid, {changed} {met}', fresh]


def _shown(table: Relation, values: dict[str, str]) -> str:
    return ", ".join(
        f"CAST({values.get(known.stored, quoted('there') + '.' + quoted(known.stored))} AS {known.type.storage})"
        for known in table.fields
    )


def _refuse_meeting_twice(store: Store, clash: Clash) -> None:
    keys = ", ".join(map(quoted, clash.keys))
    twice = f'SELECT count(*) FROM (SELECT 1 FROM "the change" GROUP BY {keys} HAVING count(*) > 1) AS q'
    if clash.sets and count(store.connection, twice):
        raise NotModelled("ON CONFLICT DO UPDATE that meets one row twice is refused by PostgreSQL")
