"""What a statement will check of the rows that are there, read from the server rather than from the text.

The statement runs on an emptied twin of the schema, where no row can stop it; what the catalog then says is new (a
constraint, NOT NULL, a unique index, another type) is what the real rows have to stand.
"""

import re
from collections.abc import Iterator

import psycopg

from sim.errors import NotModelled
from sim.judge.casts import refuses
from sim.judge.catalog import Attribute, Constraint, Effect, Index, Snapshot, effect, snapshot
from sim.judge.rows import Quiet, empty, quoted
from sim.judge.session import Session
from sim.judge.split import Token, canonical, tokens, without, words
from sim.judge.values import RowCheck

_DATA = {"select", "insert", "update", "delete", "with", "merge", "values", "table", "explain", "set", "reset", "show"}


def row_checks(session: Session, statement: str, quiet: Quiet) -> tuple[RowCheck, ...]:
    """Every check of existing rows; the session must be inside a transaction, which is left as it was."""
    if words(statement)[:1] and words(statement)[0] in _DATA:
        return ()
    twin = rehearse(session, statement, quiet)
    if twin is None:
        return ()
    before, after = twin
    found = [*_required(before, after), *_constraints(before, after), *_unique(before, after)]
    found += _retyped(session, statement, before, after)
    checks = {_answerable(session, check) for check in found}
    return tuple(sorted(checks, key=lambda check: (check.table, check.kind, check.where)))


def rehearse(session: Session, statement: str, quiet: Quiet) -> tuple[Snapshot, Snapshot] | None:
    """The catalog before and after the statement on emptied tables; None where it fails even there."""
    session.run("SAVEPOINT twin")
    try:
        empty(session, quiet)
        before = snapshot(session)
        session.attempt(without(statement, "concurrently"))
        return before, snapshot(session)
    except psycopg.Error:
        if session.broken:
            raise
        return None
    finally:
        if not session.broken:
            session.run("ROLLBACK TO SAVEPOINT twin; RELEASE SAVEPOINT twin")


def expected_effect(session: Session, statement: str, quiet: Quiet) -> Effect:
    """Locks, rewrites and scans of a statement that the rows refused: it took them before it failed."""
    twin = rehearse(session, statement, quiet)
    if twin is None:
        return Effect()
    seen = effect(*twin, only_new_locks=True)
    if "concurrently" in words(statement):
        return Effect(
            tuple((table, "ShareUpdateExclusiveLock") for table, _ in seen.locks), (), seen.scans, seen.builds_index
        )
    return seen


def _answerable(session: Session, check: RowCheck) -> RowCheck:
    """A check over a column that this very statement adds can only be whether there is any row."""
    session.run("SAVEPOINT ask")
    try:
        session.run(f"SELECT FROM ({check.finds}) AS asked LIMIT 0")
    except psycopg.Error:
        session.run("ROLLBACK TO SAVEPOINT ask")
        return RowCheck(check.table, "TRUE", "rows")
    finally:
        session.run("RELEASE SAVEPOINT ask")
    return check


def _required(before: Snapshot, after: Snapshot) -> Iterator[RowCheck]:
    invalid = _not_valid_yet(after)
    for (table, number), column in after.columns.items():
        was = before.columns.get((table, number))
        if table not in before.tables() or not column.required or (table, number) in invalid:
            continue
        if was is None:
            yield RowCheck(before.relations[table].name, "TRUE", "rows")
        elif not was.required:
            yield RowCheck(before.relations[table].name, f"{quoted(was.name)} IS NULL", "not null")


def _not_valid_yet(after: Snapshot) -> set[tuple[int, int]]:
    """Since PostgreSQL 18 NOT NULL can be NOT VALID too: marked on the column, and not checked yet."""
    return {(one.table, one.columns[0]) for one in after.constraints.values() if one.kind == "n" and not one.valid}


def _constraints(before: Snapshot, after: Snapshot) -> Iterator[RowCheck]:
    for oid, constraint in after.constraints.items():
        was = before.constraints.get(oid)
        if constraint.table not in before.tables() or not constraint.valid or (was is not None and was.valid):
            continue
        table = before.relations[constraint.table].name
        if constraint.kind == "c":
            yield RowCheck(table, f"({constraint.check}) IS FALSE", "check")
        elif constraint.kind == "f":
            yield _orphans(constraint, table, after)
        elif constraint.kind == "n":
            yield RowCheck(
                table, f"{quoted(after.columns[constraint.table, constraint.columns[0]].name)} IS NULL", "not null"
            )
        elif constraint.kind == "x":
            raise NotModelled(f"whether rows of {table} break an EXCLUDE constraint is not modelled")


def _orphans(constraint: Constraint, table: str, after: Snapshot) -> RowCheck:
    own = [f"{table}.{quoted(after.columns[constraint.table, number].name)}" for number in constraint.columns]
    other = [quoted(after.columns[constraint.parent_oid, number].name) for number in constraint.parent_columns]
    match = " AND ".join(f"parent.{theirs} = {ours}" for ours, theirs in zip(own, other, strict=True))
    asked = (" OR " if constraint.match == "f" else " AND ").join(f"{column} IS NOT NULL" for column in own)
    where = f"({asked}) AND NOT EXISTS (SELECT 1 FROM {constraint.parent} AS parent WHERE {match})"
    excuses = (
        f"DELETE FROM {constraint.parent} AS parent USING {table} WHERE {match}" if constraint.parent != table else ""
    )
    return RowCheck(table, where, "foreign key", excuses=excuses)


def _unique(before: Snapshot, after: Snapshot) -> Iterator[RowCheck]:
    for oid, index in after.indexes.items():
        if index.unique and oid not in before.indexes and index.table in before.tables():
            yield _duplicates(index, before.relations[index.table].name)


def _duplicates(index: Index, table: str) -> RowCheck:
    if index.nulls_equal:
        raise NotModelled(f"whether rows of {table} break a NULLS NOT DISTINCT constraint is not modelled")
    keys = ", ".join(index.keys)
    known = " AND ".join(
        [*(f"({key}) IS NOT NULL" for key in index.keys), *([f"({index.where})"] if index.where else [])]
    )
    twice = f"SELECT {keys} FROM {table} WHERE {known} GROUP BY {keys} HAVING count(*) > 1"
    return RowCheck(table, f"{known} AND ({keys}) IN ({twice})", "unique", order=keys, needs=2)


def _retyped(session: Session, statement: str, before: Snapshot, after: Snapshot) -> Iterator[RowCheck]:
    for (table, number), column in after.columns.items():
        was = before.columns.get((table, number))
        if was is None or table not in before.tables() or was.type == column.type:
            continue
        for where in _refused_values(session, statement, before.relations[table].name, was, column):
            yield RowCheck(before.relations[table].name, where, "type")


_CAST = re.compile(r'\(?\s*("[^"]+"|\w+)\s*::\s*[\w .]+?(?:\([\d, ]+\))?\s*\)?')
_CAST_CALL = re.compile(r'(?i)cast\s*\(\s*("[^"]+"|\w+)\s+as\s+[\w .]+?(?:\([\d, ]+\))?\s*\)')


def _refused_values(session: Session, statement: str, table: str, was: Attribute, column: Attribute) -> tuple[str, ...]:
    using = _using(statement, was.name)
    subject, source = quoted(was.name), was.type
    plain = using is None or _CAST.fullmatch(using) or _CAST_CALL.fullmatch(using)
    if using is not None and plain:
        subject = plain.group(1) if isinstance(plain, re.Match) else subject
    elif using is not None:
        if "::" in using or "cast" in words(using):
            return ()
        subject, source = f"({using})", _type_of(session, using, table)
    labels = session.rows(
        "SELECT enumlabel::text FROM pg_enum WHERE enumtypid = %s ORDER BY enumsortorder", column.type_oid
    )
    explicit = using is not None and bool(plain)
    return refuses(subject, source, column.type, explicit=explicit, labels=tuple(label for (label,) in labels))


def _type_of(session: Session, expression: str, table: str) -> str:
    """The type of an expression over a table, asked of the server without running it on any row."""
    session.run(f"CREATE TEMP VIEW pg_temp.asked AS SELECT ({expression}) AS it FROM {table}")
    type_name = str(
        session.rows(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'pg_temp.asked'::regclass"
        )[0][0]
    )
    session.run("DROP VIEW pg_temp.asked")
    return type_name


def _using(statement: str, column: str) -> str | None:
    """The USING expression of the ALTER of this column, if it has one."""
    for action in _actions(statement):
        bare = [token for token in action if token.kind not in {"space", "comment"}]
        names = [token.text.strip('"').lower() for token in bare]
        if column.lower() in names and "type" in names[names.index(column.lower()) :]:
            for place, token in enumerate(action):
                if token.kind == "word" and token.text.lower() == "using":
                    return canonical("".join(one.text for one in action[place + 1 :]))
    return None


def _actions(statement: str) -> Iterator[list[Token]]:
    """The parts of a statement between the commas that stand in no parentheses."""
    depth, action = 0, list[Token]()
    for token in tokens(statement):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "other" else 0
        if token.text == "," and depth == 0:
            yield action
            action = []
        else:
            action.append(token)
    yield action
