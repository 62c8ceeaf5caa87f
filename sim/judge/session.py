"""A connection with a supervisor behind it: what runs too long is cancelled, and what ignores that is ended."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from sim.errors import NotModelled
from sim.judge.server import ORDINARY, SUPERUSER, Server

CANCELLED = "57014"


class Session:
    """One connection as the ordinary role, or as the superuser for what only that may do."""

    def __init__(self, server: Server, database: str, role: str = ORDINARY) -> None:
        self.server, self.database = server, database
        self.connection = psycopg.connect(
            **server.address(database, role), autocommit=True, prepare_threshold=None, row_factory=tuple_row
        )
        self.pid = self.connection.info.backend_pid

    def run(self, sql: str) -> "psycopg.Cursor[tuple[Any, ...]]":
        """Run SQL as it stands, bounded in time; PostgreSQL's refusals come back as psycopg's errors."""
        with self._supervised(self.server.patience.deadline_s):
            return self.connection.execute(sql.encode(), prepare=False)

    def attempt(self, statement: str) -> None:
        """Run what somebody else wrote: it has less time than what is ours."""
        with self._supervised(self.server.patience.statement_s):
            self.connection.execute(statement.encode(), prepare=False)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query of ours, with values bound."""
        with self._supervised(self.server.patience.deadline_s):
            return self.connection.execute(sql.encode(), values or None).fetchall()

    def copy_in(self, target: str, lines: list[tuple[str | None, ...]]) -> None:
        """COPY rows, as text, into a table with its columns."""
        with self.connection.cursor().copy(f"COPY {target} FROM STDIN".encode()) as copy:
            for line in lines:
                copy.write_row(line)

    def close(self) -> None:
        """Hang up."""
        with suppress(psycopg.Error):
            self.connection.close()

    @property
    def broken(self) -> bool:
        """Whether the server hung up on us."""
        return bool(self.connection.closed or self.connection.broken)

    @contextmanager
    def _supervised(self, deadline_s: float) -> Iterator[None]:
        done = threading.Event()
        ended: list[bool] = []
        timer = threading.Timer(deadline_s, self._end, args=(done, ended))
        timer.daemon = True
        timer.start()
        try:
            yield
        except psycopg.OperationalError as error:
            if ended:
                raise NotModelled("a statement ran on after it was cancelled, and was ended") from error
            raise
        finally:
            done.set()
            timer.cancel()

    def _end(self, done: threading.Event, ended: list[bool]) -> None:
        """Cancel like a user would; SQL that swallows this is ended from outside."""
        with suppress(psycopg.Error):
            self.connection.pgconn.get_cancel().cancel()
        if done.wait(self.server.patience.grace_s) or not self.server.alive:
            return
        ended.append(True)
        with suppress(psycopg.Error), psycopg.connect(**self.server.address("postgres", SUPERUSER)) as supervisor:
            supervisor.execute("SELECT pg_terminate_backend(%s)", [self.pid])
