"""What happened in the database: scripts, statements, locks, sessions, rows."""

from dataclasses import dataclass
from typing import ClassVar

from sim.facts.base import BaseFact


@dataclass(frozen=True, kw_only=True)
class MigrationBegan(BaseFact):
    migration: str
    direction: str


@dataclass(frozen=True, kw_only=True)
class MigrationEnded(BaseFact):
    migration: str
    direction: str
    sqlstate: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScriptSent(BaseFact):
    """SQL was handed to the database under a session's name."""

    session: str
    sql: str
    transaction: bool = False
    lock_timeout_ms: int | None = None
    migration: str | None = None
    direction: str = "up"


@dataclass(frozen=True, kw_only=True)
class StatementRan(BaseFact):
    """PostgreSQL's answer to one statement, what it cost and which facts went with it."""

    session: str
    statement: str
    sqlstate: str | None
    message: str = ""
    took_ms: int = 0
    rows: int = 0
    lost: int = 0
    overwritten: int = 0
    shown_only: ClassVar[tuple[str, ...]] = ("message",)


@dataclass(frozen=True, kw_only=True)
class ScriptEnded(BaseFact):
    session: str
    sqlstate: str | None = None
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class BackfillBegan(BaseFact):
    """A statement is to be carried out in batches of so many rows, those with keys up to `after` left out."""

    session: str
    sql: str
    batch: int
    pause_ms: int
    after: int = 0


@dataclass(frozen=True, kw_only=True)
class BatchRan(BaseFact):
    """One batch took hold: rows that the statement still found, with keys up to and including `upto`."""

    session: str
    rows: int
    upto: int
    took_ms: int


@dataclass(frozen=True, kw_only=True)
class BackfillEnded(BaseFact):
    """No rows were left, or something stopped it; which facts and rows of users it cost."""

    session: str
    sqlstate: str | None = None
    message: str = ""
    lost: int = 0
    overwritten: int = 0
    shown_only: ClassVar[tuple[str, ...]] = ("message",)


@dataclass(frozen=True, kw_only=True)
class SchemaChanged(BaseFact):
    """A group of statements took hold; the lineage has one more member."""

    statements: tuple[str, ...]
    transaction: bool


@dataclass(frozen=True, kw_only=True)
class RowsChanged(BaseFact):
    """Somebody changed rows by hand; what the application meets may be different now."""

    session: str


@dataclass(frozen=True, kw_only=True)
class LockQueued(BaseFact):
    session: str
    table: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class LockTaken(BaseFact):
    session: str
    table: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class LocksFreed(BaseFact):
    """A session's transaction ended; whatever it held or waited for is free."""

    session: str


@dataclass(frozen=True, kw_only=True)
class SessionOpened(BaseFact):
    """Somebody's transaction is open: idle, or running a statement."""

    session: str
    runs: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionEnded(BaseFact):
    session: str


@dataclass(frozen=True, kw_only=True)
class StatementCancelled(BaseFact):
    session: str


@dataclass(frozen=True, kw_only=True)
class ConnectionsCut(BaseFact):
    """Of so many instances of a pool some went away while requests waited in them: those requests are cut off."""

    pool: str
    stopped: int
    of: int


@dataclass(frozen=True, kw_only=True)
class BackendsOrphaned(BaseFact):
    """The clients of so many backends are gone, and the backends still wait for their lock."""

    pool: str
    table: str
    mode: str
    count: int


@dataclass(frozen=True, kw_only=True)
class OrphansEnded(BaseFact):
    """Nothing stands before a statement on this table any more: backends without a client end."""

    table: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class RowsMoved(BaseFact):
    """What users wrote has moved a share: guards over rows are read again."""

    minute: int


@dataclass(frozen=True, kw_only=True)
class BackupBegan(BaseFact):
    """A copy of the whole database is being taken."""

    session: str
    backup: str


@dataclass(frozen=True, kw_only=True)
class BackupEnded(BaseFact):
    """The copy is there, as of a moment; or something stopped it."""

    session: str
    backup: str
    as_of_ms: int | None = None
    sqlstate: str | None = None


@dataclass(frozen=True, kw_only=True)
class RestoreBegan(BaseFact):
    """Somebody is bringing back what a backup holds: of a moment, everything or some tables, in place or beside."""

    session: str
    backup: str
    how: str
    as_of_ms: int
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DatabaseRestored(BaseFact):
    """Rows, and in place of everything also the schema, are those of a moment; what that took away is counted."""

    how: str
    as_of_ms: int
    tables: tuple[str, ...]
    rows: int
    lost: int
    overwritten: int
    migrations: dict[str, str]
    schema: tuple[tuple[tuple[str, ...], bool], ...]


@dataclass(frozen=True, kw_only=True)
class RestoreEnded(BaseFact):
    session: str
    sqlstate: str | None = None
    message: str = ""
    shown_only: ClassVar[tuple[str, ...]] = ("message",)
