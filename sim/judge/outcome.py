"""Smaller questions: what a statement makes of given rows, and whether a text is SQL at all."""

from collections.abc import Mapping

import psycopg

from sim.errors import NotModelled
from sim.judge.rows import Quiet, empty, quoted
from sim.judge.session import CANCELLED, Session
from sim.judge.values import Refusal, SeedRows

_STOP = "DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''RH001''; END';\n"
_SYNTAX = ("42601", "42P02", "22025", "42622", "42602")


def outcome(
    session: Session, statement: str, rows: Mapping[str, SeedRows], quiet: Quiet
) -> Mapping[str, SeedRows] | Refusal:
    """Run a statement on exactly these rows, read them back, and leave the lineage as it was."""
    session.run("BEGIN")
    try:
        empty(session, quiet)
        with quiet(session):
            for table, seed in sorted(rows.items()):
                columns = ", ".join(quoted(column) for column in seed.columns)
                session.copy_in(f"{quoted(table)} ({columns})", list(seed.values))
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
