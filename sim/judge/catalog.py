"""What the server's own catalog says of a schema: read before and after a statement, the difference is its effect."""

from dataclasses import dataclass
from typing import Any

from sim.judge.session import Session
from sim.judge.values import Column, TableShape

_OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_t%temp\\_%'"
_RELATIONS = f"""
SELECT c.oid::int8, c.oid::regclass::text, c.relkind::text, pg_relation_filenode(c.oid)::int8
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} AND c.relkind IN ('r', 'p', 'm', 'i', 'v')
"""
_COLUMNS = f"""
SELECT a.attrelid::int8, a.attnum::int, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.atttypid::int8, pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '' OR a.attidentity <> ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE {_OURS} AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2
"""
_CONSTRAINTS = f"""
SELECT k.oid::int8, k.conrelid::int8, k.contype::text, k.convalidated, k.conindid::int8, k.conname::text,
       pg_get_expr(k.conbin, k.conrelid), k.conkey::int[], k.confrelid::regclass::text, k.confrelid::int8,
       k.confkey::int[], k.confmatchtype::text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}
"""
_INDEXES = f"""
SELECT i.indexrelid::int8, i.indrelid::int8, i.indisunique, i.indisvalid, i.indnullsnotdistinct,
       pg_get_expr(i.indpred, i.indrelid),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, g, true) FROM generate_series(1, i.indnkeyatts) g)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}
"""
_LOCKS = """
SELECT relation::int8, mode FROM pg_locks
WHERE locktype = 'relation' AND granted AND pid = pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_SCANS = "SELECT relid::int8, seq_scan FROM pg_stat_xact_user_tables WHERE seq_scan > 0"
_DEFINITIONS = """
SELECT k.conrelid::int8, k.conname::text, pg_get_constraintdef(k.oid), k.convalidated
FROM pg_constraint k WHERE k.conrelid <> 0 AND k.contype IN ('c', 'f', 'u', 'p', 'x') ORDER BY 1, 2
"""
_INDEX_DEFINITIONS = """
SELECT indrelid::int8, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid FROM pg_index ORDER BY 1, 2
"""
MODES = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip


@dataclass(frozen=True)
class Relation:
    name: str
    kind: str
    filenode: int | None


@dataclass(frozen=True)
class Attribute:
    name: str
    type: str
    required: bool
    type_oid: int
    default: str | None
    generated: bool


@dataclass(frozen=True)
class Constraint:
    table: int
    kind: str
    valid: bool
    index: int
    name: str
    check: str | None
    columns: tuple[int, ...]
    parent: str
    parent_oid: int
    parent_columns: tuple[int, ...]
    match: str


@dataclass(frozen=True)
class Index:
    table: int
    unique: bool
    valid: bool
    nulls_equal: bool
    where: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """Relations, columns, constraints and indexes by oid; locks and scans of this transaction so far."""

    relations: dict[int, Relation]
    columns: dict[tuple[int, int], Attribute]
    constraints: dict[int, Constraint]
    indexes: dict[int, Index]
    locks: frozenset[tuple[int, str]]
    scans: dict[int, int]

    def tables(self) -> dict[int, Relation]:
        """What rows live in."""
        return {oid: one for oid, one in self.relations.items() if one.kind in {"r", "p", "m"}}


def snapshot(session: Session) -> Snapshot:
    """Read the catalog; takes no lock on any table of the scenario."""
    return Snapshot(
        relations={row[0]: Relation(*row[1:]) for row in session.rows(_RELATIONS)},
        columns={(row[0], row[1]): Attribute(*row[2:]) for row in session.rows(_COLUMNS)},
        constraints={row[0]: Constraint(*_tuples(row[1:])) for row in session.rows(_CONSTRAINTS)},
        indexes={row[0]: Index(*_tuples(row[1:])) for row in session.rows(_INDEXES)},
        locks=frozenset((oid, mode) for oid, mode in session.rows(_LOCKS)),
        scans=dict(session.rows(_SCANS)),
    )


def _tuples(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else ("" if value == "-" else value) for value in row)


@dataclass(frozen=True)
class Effect:
    """What one statement did besides changing rows, as the server shows it."""

    locks: tuple[tuple[str, str], ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    builds_index: tuple[str, ...] = ()


def effect(before: Snapshot, after: Snapshot, *, only_new_locks: bool = False) -> Effect:
    """The difference between two moments of one transaction."""
    tables = before.tables()
    held = after.locks - before.locks if only_new_locks else after.locks
    strongest: dict[str, str] = {}
    for oid, mode in sorted(held, key=lambda lock: MODES.index(lock[1])):
        if oid in tables:
            strongest[tables[oid].name] = mode
    return Effect(
        locks=tuple(sorted(strongest.items())),
        rewrites=_changed(before, after, {"r", "p", "m"}),
        scans=tuple(
            sorted(
                tables[oid].name
                for oid, count in after.scans.items()
                if oid in tables and count > before.scans.get(oid, 0)
            )
        ),
        builds_index=tuple(sorted({*_changed(before, after, {"i"}), *_new_indexes(before, after)})),
    )


def _changed(before: Snapshot, after: Snapshot, kinds: set[str]) -> tuple[str, ...]:
    pairs = ((one, after.relations.get(oid)) for oid, one in before.relations.items() if one.kind in kinds)
    return tuple(sorted(was.name for was, now in pairs if now is not None and was.filenode != now.filenode))


def _new_indexes(before: Snapshot, after: Snapshot) -> list[str]:
    """Indexes that are new on tables that are not: an index of a new table has nothing to build from."""
    return [
        after.relations[oid].name
        for oid, index in after.indexes.items()
        if oid not in before.relations and index.table in before.relations
    ]


def shapes(session: Session) -> tuple[TableShape, ...]:
    """The schema as people look at it: tables and views with their columns, constraints and indexes."""
    now = snapshot(session)
    constraints, indexes = session.rows(_DEFINITIONS), session.rows(_INDEX_DEFINITIONS)
    return tuple(
        TableShape(
            name=relation.name,
            kind="view" if relation.kind == "v" else "table",
            columns=tuple(
                Column(one.name, one.type, not one.required, one.default, one.generated)
                for (table, _), one in now.columns.items()
                if table == oid
            ),
            constraints=tuple((row[1], row[2], row[3]) for row in constraints if row[0] == oid),
            indexes=tuple((row[1], row[2], row[3]) for row in indexes if row[0] == oid),
        )
        for oid, relation in sorted(now.relations.items(), key=lambda item: item[1].name)
        if relation.kind in {"r", "p", "v", "m"}
    )
