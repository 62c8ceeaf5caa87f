"""One template database for each schema lineage; the least recently used are dropped."""

import time
from collections import OrderedDict

import psycopg

from sim.judge.rows import Quiet, quiet_by, quoted
from sim.judge.script import replay
from sim.judge.server import ORDINARY, SUPERUSER, Server
from sim.judge.session import Session
from sim.judge.values import Base, BaseRefused, Lineage

KEPT = 16
_LEAVE_S = 5.0


class Lineages:
    """The databases of one running server. Nothing in here outlives it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.supervisor = Session(server, "postgres", SUPERUSER)
        self.quiet: Quiet = quiet_by(self.supervisor)
        self._names: OrderedDict[str, str] = OrderedDict()
        self._reader: Session | None = None

    def copy(self, lineage: Lineage) -> str:
        """A database of one's own with this lineage's schema and rows."""
        return self._create(self._ensure(lineage))

    def adopt(self, lineage: Lineage, database: str) -> None:
        """A working copy that has become another lineage is kept as that lineage's template."""
        if lineage.key in self._names:
            self.drop(database)
            return
        self._names[lineage.key] = database
        while len(self._names) > KEPT:
            _, oldest = self._names.popitem(last=False)
            self.drop(oldest)

    def reader(self, lineage: Lineage) -> Session:
        """A session in the lineage's own database, for questions that are rolled back."""
        name = self._ensure(lineage)
        if self._reader is None or self._reader.database != name or self._reader.broken:
            self._hang_up()
            self._reader = Session(self.server, name)
        return self._reader

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still in there."""
        if self._reader is not None and self._reader.database == database:
            self._hang_up()
        self.supervisor.run(f"DROP DATABASE IF EXISTS {quoted(database)} WITH (FORCE)")

    def close(self) -> None:
        """Hang up; the databases go with the server."""
        for session in (self._reader, self.supervisor):
            if session is not None:
                session.close()

    def leave(self, session: Session) -> None:
        """Hang up and wait until the server has noticed: a database in use can't be copied."""
        session.close()
        patient_until = time.monotonic() + _LEAVE_S
        while self.supervisor.rows("SELECT 1 FROM pg_stat_activity WHERE pid = %s", session.pid):
            if time.monotonic() > patient_until:
                self.supervisor.rows("SELECT pg_terminate_backend(%s)", session.pid)
            time.sleep(0.001)

    def _hang_up(self) -> None:
        if self._reader is not None:
            self.leave(self._reader)
            self._reader = None

    def _ensure(self, lineage: Lineage) -> str:
        if lineage.key in self._names:
            self._names.move_to_end(lineage.key)
            return self._names[lineage.key]
        missing = []
        known = lineage
        while known.applied and known.key not in self._names:
            missing.append(known.applied[-1])
            known = known.parent
        name = self._create(self._names[known.key]) if known.key in self._names else self._found(known.base)
        for applied in reversed(missing):
            replay(self.server, name, applied, self)
        self.adopt(lineage, name)
        return name

    def _create(self, template: str) -> str:
        if self._reader is not None and self._reader.database == template:
            self._hang_up()
        name = f"lineage_{next(self.server.numbers)}"
        self.supervisor.run(
            f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(template)} STRATEGY file_copy OWNER {ORDINARY}"
        )
        return name

    def _found(self, base: Base) -> str:
        """A database with the base's DDL and seed rows."""
        name = self._create("template0")
        session = Session(self.server, name)
        try:
            for statement in base.statements:
                try:
                    session.run(statement)
                except psycopg.Error as error:
                    if session.broken:
                        raise
                    raise BaseRefused(statement, error.sqlstate or "", str(error.diag.message_primary)) from error
            self._seed(session, base)
        finally:
            self.leave(session)
        return name

    def _seed(self, session: Session, base: Base) -> None:
        session.run("BEGIN")
        with self.quiet(session):
            for table, rows in sorted(base.rows.items()):
                target = f"{quoted(table)} ({', '.join(quoted(column) for column in rows.columns)})"
                try:
                    session.copy_in(target, list(rows.values))
                except psycopg.Error as error:
                    if session.broken:
                        raise
                    raise BaseRefused(
                        f"COPY {target}", error.sqlstate or "", str(error.diag.message_primary)
                    ) from error
        _advance_sequences(session)
        session.run("COMMIT")

    def disable(self, database: str, indexes: list[int]) -> None:
        """Mark indexes as what a failed build leaves; only the superuser may touch the catalog."""
        superuser = Session(self.server, database, SUPERUSER)
        try:
            superuser.rows(
                "UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = ANY(%s::int8[]::oid[]) "
                "RETURNING 1",
                indexes,
            )
        finally:
            self.leave(superuser)


def _advance_sequences(session: Session) -> None:
    """Seed rows bring their keys along; the next key that a sequence gives must not be one of them."""
    owned = session.rows(
        "SELECT s.oid::regclass::text, d.refobjid::regclass::text, a.attname::text FROM pg_class s "
        "JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') "
        "JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE s.relkind = 'S' ORDER BY 1"
    )
    for sequence, table, column in owned:
        session.run(
            f"SELECT setval('{sequence}', top) FROM (SELECT max({quoted(column)}) AS top FROM {table}) AS rows "
            f"WHERE top >= (SELECT last_value FROM {sequence})"
        )
