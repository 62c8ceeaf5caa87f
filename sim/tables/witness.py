"""Chooses rows on which a statement must do in DuckDB what it does in PostgreSQL, and tries it there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.changes import Insert, Plan, plan
from sim.tables.operators import truth
from sim.tables.parsing import table_name
from sim.tables.pgtypes import MOMENTS, NUMBERS, WORDS, written
from sim.tables.reading import Scope, Source, Typed, quoted
from sim.tables.schema import Field, Relation
from sim.tables.store import Store
from sim.tables.writing import carry_out

Row = tuple[str | None, ...]
MOST_ROWS = 40
TYPICAL = 6
EACH_SIDE = 4
_TESTS = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Like, exp.ILike, exp.In, exp.Is, exp.Between, exp.Not,
    exp.And, exp.Or, exp.NullSafeEQ, exp.NullSafeNEQ,
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A table's witness rows as text, before and after the statement; `judged` are the columns worth comparing."""

    table: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    before: tuple[tuple[str | None, ...], ...]
    after: tuple[tuple[str | None, ...], ...]
    judged: tuple[str, ...]


def at_moment(node: exp.Expr, moment: str) -> exp.Expr:
    """The statement with the simulated time in place of now(), for a server whose clock is the real one."""

    def told(part: exp.Expr) -> exp.Expr:
        if isinstance(part, exp.CurrentTimestamp | exp.Localtimestamp | exp.CurrentDate):
            kind = {exp.CurrentTimestamp: "timestamptz", exp.CurrentDate: "date"}.get(type(part), "timestamp")
            return exp.cast(exp.Literal.string(moment), kind)
        return part

    return node.transform(told) if node.find(exp.CurrentTimestamp, exp.Localtimestamp, exp.CurrentDate) else node


def rehearse(store: Store, node: exp.Expr, at_ms: int) -> list[Trial]:
    """Run a statement that changes rows on witness rows only, and put everything back."""
    made = plan(store.translation(at_ms), node)
    relations = _relations(store, node, made)
    chosen = _chosen(store, node, made, relations, at_ms)
    run = store.connection.execute
    run("BEGIN")
    try:
        for relation in relations:
            run(f'ALTER TABLE {relation.source} RENAME TO "real {relation.stored}"')
            rows = ", ".join(map(str, chosen[relation.stored])) or "-1"
            run(
                f'CREATE TABLE {relation.source} AS SELECT * FROM "real {relation.stored}" '
                f"WHERE rowid IN ({rows}) ORDER BY rowid"
            )
        before = [_texts(store, relation) for relation in relations]
        carry_out(store.connection, made, batch=False, touched=None)
        after = [_texts(store, relation) for relation in relations]
    finally:
        run("ROLLBACK")
    timeless = not isinstance(made, Insert)
    return [_trial(*parts, timeless) for parts in zip(relations, before, after, strict=True)]


def _trial(relation: Relation, before: list[Row], after: list[Row], timeless: bool) -> Trial:
    """A default that counts, invents or asks the clock is no part of what is compared."""
    judged = tuple(f.name for f in relation.fields if timeless or not (f.serial or _volatile(f.default or "")))
    kinds = tuple(f.type.name for f in relation.fields)
    return Trial(relation.name, tuple(f.name for f in relation.fields), kinds, tuple(before), tuple(after), judged)


def _volatile(default: str) -> bool:
    return any(word in default.lower() for word in ("uuid", "current_", "now()", "localtime"))


def _texts(store: Store, relation: Relation) -> list[Row]:
    columns = ", ".join(written(quoted(known.stored), known.type) for known in relation.fields)
    return store.connection.execute(f"SELECT {columns} FROM {relation.source} ORDER BY rowid").fetchall()


def _relations(store: Store, node: exp.Expr, made: Plan) -> list[Relation]:
    """The target and every table that the statement reads, also through views."""
    stored = {made.table.stored}
    for found in node.find_all(exp.Table):
        relation = store.catalog.relations.get(table_name(found))
        if relation is not None:
            stored |= {relation.stored} if relation.reads is None else set(relation.uses)
    return [known for known in store.catalog.relations.values() if known.reads is None and known.stored in stored]


def _chosen(
    store: Store, node: exp.Expr, made: Plan, relations: Sequence[Relation], at_ms: int
) -> dict[str, list[int]]:
    chosen = {relation.stored: _rows(store, node, relation, at_ms) for relation in relations}
    for relation in relations:
        if relation.stored != made.table.stored:
            chosen[relation.stored] += _partners(store, node, made.table, chosen[made.table.stored], relation)
    return {stored: list(dict.fromkeys(rows))[:MOST_ROWS] for stored, rows in chosen.items()}


def _rows(store: Store, node: exp.Expr, relation: Relation, at_ms: int) -> list[int]:
    """Rows on both sides of each test, the ends of each column that is named, and some typical ones."""
    picked: list[int] = []
    for condition in _conditions(store, node, relation, at_ms):
        for side, limit in ((condition, EACH_SIDE), (f"NOT {condition}", EACH_SIDE), (f"{condition} IS NULL", 1)):
            picked += _find(store, relation, f"WHERE {side} LIMIT {limit}")
    for known in _named(node, relation):
        column = quoted(known.stored)
        picked += _find(store, relation, f"WHERE {column} IS NULL LIMIT 1")
        if known.type.name in {*NUMBERS, *MOMENTS}:
            picked += _find(store, relation, f"ORDER BY {column} ASC NULLS LAST LIMIT 1")
            picked += _find(store, relation, f"ORDER BY {column} DESC NULLS LAST LIMIT 1")
        elif known.type.name in {*WORDS, "jsonb"}:
            picked += _find(store, relation, f"ORDER BY length({column}) DESC NULLS LAST LIMIT 1")
            picked += _find(store, relation, f"ORDER BY length({column}) ASC NULLS LAST LIMIT 1")
    last = _find(store, relation, "ORDER BY rowid DESC LIMIT 2")
    step = max((last[0] if last else 0) // TYPICAL, 1)
    return [
        *picked[: MOST_ROWS - TYPICAL - 2],
        *last,
        *_find(store, relation, f"WHERE rowid % {step} = 0 LIMIT {TYPICAL}"),
    ]


def _find(store: Store, relation: Relation, clauses: str) -> list[int]:
    rows = store.connection.execute(f'SELECT rowid FROM {relation.source} AS "target" {clauses}').fetchall()
    return [int(row[0]) for row in rows]


def _conditions(store: Store, node: exp.Expr, relation: Relation, at_ms: int) -> Iterator[str]:
    """Each test of the statement that one row of this table answers."""
    fields = tuple((f.name, Typed(f'"target".{quoted(f.stored)}', f.type)) for f in relation.fields)
    names = {relation.name} | {str(t.alias).lower() for t in node.find_all(exp.Table) if table_name(t) == relation.name}
    scope = Scope((Source(relation.name, fields),))
    seen: set[str] = set()
    for test in node.find_all(*_TESTS):
        plain = test.copy()
        for column in plain.find_all(exp.Column):
            if column.table and column.table.lower() in names:
                column.set("table", None)
        try:
            condition = truth(store.translation(at_ms), plain, scope)
        except NotModelled:
            continue
        if '"target"' in condition and condition not in seen:
            seen.add(condition)
            yield condition


def _named(node: exp.Expr, relation: Relation) -> list[Field]:
    names = {str(column.name).lower() for column in node.find_all(exp.Column)}
    return [known for known in relation.fields if known.name.lower() in names]


def _partners(store: Store, node: exp.Expr, target: Relation, rows: Sequence[int], other: Relation) -> list[int]:
    """Rows of another table that meet the chosen ones in an equation."""
    picked: list[int] = []
    if not rows:
        return picked
    for test in node.find_all(exp.EQ):
        sides = [side for side in (test.this, test.expression) if isinstance(side, exp.Column)]
        if len(sides) != 2:
            continue
        for one, two in (sides, sides[::-1]):
            mine = next((f for f in target.fields if f.name == one.name.lower()), None)
            theirs = next((f for f in other.fields if f.name == two.name.lower()), None)
            if mine is None or theirs is None or mine.type.name != theirs.type.name:
                continue
            wanted = f"SELECT {quoted(mine.stored)} FROM {target.source} WHERE rowid IN ({', '.join(map(str, rows))})"
            picked += _find(store, other, f"WHERE {quoted(theirs.stored)} IN ({wanted}) LIMIT {MOST_ROWS - TYPICAL}")
    return picked
