"""Smaller questions: what a statement makes of given rows, and whether a text is SQL at all."""

import re
from collections.abc import Mapping

import psycopg

from sim.errors import NotModelled
from sim.judge.rows import Quiet, empty, quoted
from sim.judge.session import CANCELLED, Session
from sim.judge.values import Refusal, SeedRows

_STOP = "DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''RH001''; END';\n"
_ALL_BIND = re.compile(r";\s*set\s+constraints\s+all\s+immediate\s*;?\s*$", re.IGNORECASE)
_SYNTAX = ("42601", "42P02", "22025", "42622", "42602")


def outcome(
    session: Session, statement: str, rows: Mapping[str, SeedRows], quiet: Quiet
) -> Mapping[str, SeedRows] | Refusal:
    """Run a statement on exactly these rows, read them back, and leave the lineage as it was.

    Foreign keys bind a statement that ends by asking for all constraints; others see too few rows for them.
    """
    session.run("BEGIN")
    try:
        empty(session, quiet)
        for table, seed in sorted(rows.items()):
            _load(session, table, seed, quiet)
        if not _ALL_BIND.search(statement):
            _unbind(session)
        try:
            session.run(statement)
        except psycopg.Error as error:
            if session.broken:
                raise
            if error.sqlstate == CANCELLED:
                raise NotModelled("the statement did not end in time on a few rows") from error
            return Refusal(error.sqlstate or "", str(error.diag.message_primary))
        return {table: _read(session, table) for table in sorted(rows)}
    finally:
        if not session.broken:
            session.run("ROLLBACK")


def _load(session: Session, table: str, seed: SeedRows, quiet: Quiet) -> None:
    """Put rows in; constraints that are not validated step aside for them, and bind again afterwards."""
    late = session.rows(
        "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND NOT convalidated AND contype IN ('c', 'n') ORDER BY 1",
        quoted(table),
    )
    columns = ", ".join(quoted(column) for column in seed.columns)
    try:
        with quiet(session):
            for name, _ in late:
                session.run(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(name)}")
            session.copy_in(f"{quoted(table)} ({columns})", list(seed.values))
            for name, definition in late:
                session.run(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} {definition}")
    except psycopg.Error as error:
        if session.broken:
            raise
        message = f"rows of {table} can't be shown to PostgreSQL: {error.diag.message_primary}"
        raise NotModelled(message) from error


def _unbind(session: Session) -> None:
    """A few rows stand here without those they point at; only foreign keys that change rows themselves stay."""
    bound = session.rows(
        "SELECT conrelid::regclass::text, conname::text FROM pg_constraint "
        "WHERE contype = 'f' AND conparentid = 0 AND confdeltype IN ('a', 'r') AND confupdtype IN ('a', 'r') "
        "ORDER BY 1, 2"
    )
    for table, name in bound:
        session.run(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")


def _read(session: Session, table: str) -> SeedRows:
    names = [name for (name,) in session.rows(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "ORDER BY attnum", quoted(table),
    )]  # fmt: skip
    shown = ", ".join(f"{quoted(name)}::text" for name in names)
    found = session.run(f"SELECT {shown} FROM {quoted(table)} ORDER BY {', '.join(map(str, range(1, len(names) + 1)))}")
    return SeedRows(tuple(names), tuple(tuple(row) for row in found.fetchall()))


def syntax(session: Session, sql: str, *, expression: bool) -> tuple[str, int] | None:
    """Parse without running: a string of statements is parsed as a whole before its first, which always fails."""
    before = _STOP + ("SELECT (" if expression else "")
    try:
        session.run(f"{before}{sql}" + ("\n)" if expression else ""))
    except psycopg.Error as error:
        if session.broken:
            raise
        if error.sqlstate not in _SYNTAX:
            return None
        at = int(error.diag.statement_position or len(before) + 1) - 1 - len(before)
        return str(error.diag.message_primary), min(max(at, 0), len(sql))
    return None
