"""The index: a DuckDB file that is opened behind our own lock, brought to the newest schema, and never believed.

Whatever is wrong with it, it can be made again from the journals; a file that cannot be read is moved aside.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from scorecards.archive.folder import Folder
from scorecards.archive.lock import held
from scorecards.archive.migrate import MIGRATIONS, migrate, newest, version_of
from sim.errors import InvalidInput, Mark, Problem

FORMAT = "v1.2.0"
"""The storage format: DuckDB 1.5 and 2 both read and write it."""
SETTINGS: dict[str, Any] = {
    "threads": 2, "memory_limit": "2GB", "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    "allow_community_extensions": False, "allow_persistent_secrets": False, "python_enable_replacements": False,
}  # fmt: skip
TABLES = ("runs", "entries", "counts", "answers", "cards", "findings")
_BUSY = "Could not set lock"
_NEWER = "version number"


class Unreadable(Exception):
    """The index cannot be opened, or not read to its end."""


@contextmanager
def writing(folder: Folder, migrations: Path = MIGRATIONS) -> Iterator[DuckDBPyConnection]:
    """The index, alone; made if there is none, and brought to the newest schema."""
    with held(folder.lock):
        with _opened(folder.index) as connection:
            version = version_of(connection)
            if version > newest(migrations):
                raise _too_new(
                    folder.index, f"its schema is {version}, and {newest(migrations)} is the newest known here"
                )
            if 0 < version < newest(migrations):
                connection.execute("CHECKPOINT")
        if 0 < version < newest(migrations):
            move = folder.aside / f"schema-{version}-{stamp()}.duckdb"
            folder.aside.mkdir(exist_ok=True)
            shutil.copyfile(folder.index, move)
        with _opened(folder.index) as connection:
            migrate(connection, migrations)
            yield connection


@contextmanager
def reading(folder: Folder) -> Iterator[DuckDBPyConnection]:
    """The index beside others who read it, closed to the world outside of it."""
    if not folder.index.exists():
        raise InvalidInput(
            [
                Problem(
                    Mark(str(folder.path)), "no run is archived here yet", "`rehearse run SCENARIO --archive` keeps one"
                )
            ]
        )
    with held(folder.lock, shared=True), _opened(folder.index, read_only=True) as connection:
        version = version_of(connection)
        if version > newest(MIGRATIONS):
            raise _too_new(folder.index, f"its schema is {version}, and {newest(MIGRATIONS)} is the newest known here")
        yield connection


@contextmanager
def fresh(path: Path) -> Iterator[DuckDBPyConnection]:
    """An index that nobody knows of yet."""
    with _opened(path) as connection:
        migrate(connection, MIGRATIONS)
        yield connection


def read_through(folder: Folder) -> None:
    """Read every cell of every table; blocks that do not fit their checksums are found."""
    with reading(folder) as connection:
        for table in TABLES:
            connection.execute(f"SELECT bit_xor(hash(whole)) FROM (SELECT {table} AS whole FROM {table})").fetchall()


def put_aside(folder: Folder) -> list[Path]:
    """Move an index that cannot be read out of the way, with its write-ahead log."""
    folder.aside.mkdir(exist_ok=True)
    now, moved = stamp(), []
    for path in (folder.index, log_of(folder.index)):
        if path.exists():
            target = folder.aside / f"{now}-{path.name}"
            path.replace(target)
            moved.append(target)
    return moved


def log_of(index: Path) -> Path:
    """DuckDB's write-ahead log."""
    return index.with_name(index.name + ".wal")


def stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


@contextmanager
def _opened(path: Path, *, read_only: bool = False) -> Iterator[DuckDBPyConnection]:
    settings = SETTINGS if read_only else {**SETTINGS, "storage_compatibility_version": FORMAT}
    try:
        connection = duckdb.connect(path, read_only=read_only, config=settings)
    except duckdb.Error as error:
        raise _told(path, error) from None
    try:
        yield connection
    except (
        duckdb.InternalException,
        duckdb.FatalException,
        duckdb.IOException,
        duckdb.SerializationException,
    ) as error:
        raise _told(path, error) from None
    finally:
        connection.close()


def _told(path: Path, error: duckdb.Error) -> Exception:
    said = str(error)
    if _BUSY in said:
        return InvalidInput([Problem(Mark(str(path)), "another program has the index open", "close it there first")])
    if _NEWER in said and "can only read" in said:
        return _too_new(path, "a newer DuckDB wrote it")
    if isinstance(error, duckdb.IOException) and ("Permission denied" in said or "No space left" in said):
        return InvalidInput([Problem(Mark(str(path)), said.partition("\n")[0])])
    return Unreadable(said.partition("\n")[0])


def _too_new(path: Path, why: str) -> InvalidInput:
    return InvalidInput([Problem(Mark(str(path)), f"a newer version made this index: {why}", "update this program")])
