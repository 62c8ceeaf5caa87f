"""Witness rows in, violating seed rows out: the rows before a statement stand for what the real tables hold."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import psycopg

from sim.errors import NotModelled
from sim.judge.server import ORDINARY
from sim.judge.session import Session
from sim.judge.values import RowCheck, SeedRows


class Quiet(Protocol):
    """While it is entered, a session's own changes to rows fire no trigger and check no foreign key."""

    def __call__(self, session: Session) -> AbstractContextManager[None]: ...


def quiet_by(supervisor: Session) -> Quiet:
    """The right to be quiet is lent for a moment, so that nobody's own SQL ever has it."""
    right = "SET ON PARAMETER session_replication_role"

    @contextmanager
    def quiet(session: Session) -> Iterator[None]:
        supervisor.run(f"GRANT {right} TO {ORDINARY}")
        try:
            session.run("SET LOCAL session_replication_role = replica")
            yield
            session.run("SET LOCAL session_replication_role = origin")
        finally:
            supervisor.run(f"REVOKE {right} FROM {ORDINARY}")

    return quiet


def quoted(name: str) -> str:
    """An identifier as SQL always reads it."""
    return '"' + name.replace('"', '""') + '"'


def empty(session: Session, quiet: Quiet) -> None:
    """Take every row away, inside a transaction that gives them back."""
    tables = session.rows(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
        "AND n.nspname NOT LIKE 'pg\\_t%' ORDER BY 1"
    )
    with quiet(session):
        session.run("; ".join(f"DELETE FROM {table}" for (table,) in tables) or "SELECT")


def violated(session: Session, check: RowCheck) -> bool:
    """Whether some row in PostgreSQL is found by the check."""
    return bool(session.run(check.finds).fetchall())


def clear(session: Session, check: RowCheck, quiet: Quiet) -> None:
    """Nothing real violates the check, so no seed row may either."""
    with quiet(session):
        session.run(f"DELETE FROM {check.table} WHERE {check.where}")


def plant(session: Session, found: Sequence[tuple[RowCheck, SeedRows]], quiet: Quiet) -> None:
    """Put the violating rows in, in place of their tables' seed rows: the same keys may be among them."""
    for table in sorted({check.table for check, _ in found}):
        rows = dict.fromkeys((one.columns, row) for check, one in found if check.table == table for row in one.values)
        late = _not_valid(session, table)
        try:
            with quiet(session):
                session.run(f"DELETE FROM {table}")
                for name, _ in late:
                    session.run(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
                for columns, row in rows:
                    session.copy_in(f"{table} ({', '.join(map(quoted, columns))})", [row])
                for name, definition in late:
                    session.run(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}")
        except psycopg.Error as error:
            if session.broken:
                raise
            message = f"a row of {table} can't be shown to PostgreSQL: {error.diag.message_primary}"
            raise NotModelled(message) from error
    with quiet(session):
        session.run("; ".join(check.excuses for check, _ in found if check.excuses) or "SELECT")


def _not_valid(session: Session, table: str) -> list[tuple[str, str]]:
    """Constraints that old rows may break: they must step aside for a row that does."""
    found = session.rows(
        "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND NOT convalidated AND contype IN ('c', 'n') ORDER BY 1",
        table,
    )
    return [(name, definition) for name, definition in found]
