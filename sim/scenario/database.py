"""The database block: tables, migrations, backups, and who else is connected."""

# ruff: noqa: RUF012 - pydantic gives every instance its own copy of a default

from typing import Annotated, Literal, get_args

from pydantic import Field

from sim.clock import Millis
from sim.scenario.values import Count, Drawn, Duration, Identifier, Moment, Name, Spec, Sql, Truth, Whole

LockMode = Literal[
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
]  # fmt: skip
LOCK_MODES: tuple[str, ...] = get_args(LockMode)


class Table(Spec):
    """One table before the release: its DDL (several statements are allowed), how many rows, and what fills them."""

    ddl: Sql
    rows: Count = 0
    fill: dict[Identifier, Drawn] = {}


class Migration(Spec):
    """`shown` is what the changelog says, `up` what the tool ran; they may differ, and that may be the story.

    `tool` is how the migration tool takes a script that failed half-way outside a transaction: a `naive` one begins
    again with the first statement, one with a `dirty_flag` runs nothing more until somebody marks the version.
    """

    up: Sql
    down: Sql | None = None
    shown: Sql | None = None
    transaction: Truth = True
    phase: Literal["before", "after"] = "before"
    lock_timeout: Duration | None = None
    tool: Literal["naive", "dirty_flag"] = "naive"


class Preproduction(Spec):
    """Where releases are tested first: the same base and migrations, and by `drift` what only it has.

    `rows` is how many rows its tables have; `about` is what people know of it.
    """

    drift: Sql | None = None
    rows: Count = 1_000
    about: Annotated[str, Field(max_length=400)] = ""


class Backup(Spec):
    """A copy of the database, taken before clock zero (-12h) or later. `fetch`: how long it takes to bring it here."""

    at: Moment
    fetch: Duration = Millis(0)


class DatabaseSession(Spec):
    """Somebody else's open transaction and what it holds; without `for` it stays open, with 0m it is never there."""

    name: Name
    holds: Annotated[dict[Name, LockMode], Field(min_length=1)]
    start: Annotated[Moment, Field(alias="from")]
    lasts: Annotated[Duration | None, Field(alias="for")] = None


class Database(Spec):
    """One database, shared by every release that is up at the same time.

    Each instance of a service that uses it keeps its pool of connections open; beyond `max_connections`, less the
    three that are kept for operators, there is none to be had.
    """

    tables: dict[Identifier, Table]
    migrations: dict[Name, Migration] = {}
    backups: dict[Name, Backup] = {}
    sessions: tuple[DatabaseSession, ...] = ()
    preproduction: Preproduction | None = None
    max_connections: Annotated[Whole, Field(ge=10, le=100_000)] | None = None
