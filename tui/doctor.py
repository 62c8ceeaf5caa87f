"""What this machine brings to a rehearsal: versions, PostgreSQL, verdict books, terminal, folders."""

import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sim import __version__
from sim.errors import InvalidInput, ServerNeeded
from tui.guard import LIBRARIES, version_of


@dataclass(frozen=True)
class Postgres:
    """The server that would judge: where it was found, and whether it starts."""

    folder: str | None = None
    source: str | None = None
    version: str | None = None
    runs_as: str | None = None
    starts_in_ms: int | None = None
    trouble: str | None = None


@dataclass(frozen=True)
class Book:
    """A scenario's verdict book: how many answers it holds, so that a play within them needs no server."""

    scenario: str
    verdicts: int
    trouble: str | None = None


@dataclass(frozen=True)
class Terminal:
    """What the screen can show, as far as it says."""

    is_terminal: bool
    columns: int
    lines: int
    colour: bool
    unicode: bool


@dataclass(frozen=True)
class Folder:
    """A folder of ours outside the project; it is made when first needed."""

    purpose: str
    path: Path
    exists: bool
    writable: bool


@dataclass(frozen=True)
class Health:
    """Everything that `doctor` looks at, and what wants attention."""

    version: str
    python: str
    system: str
    libraries: dict[str, str | None]
    postgres: Postgres
    books: tuple[Book, ...]
    terminal: Terminal
    folders: tuple[Folder, ...]

    @property
    def attention(self) -> tuple[str, ...]:
        """What somebody should see to, in words."""
        wanted = [f"{name} is not installed; run `make setup`" for name, found in self.libraries.items() if not found]
        if self.postgres.trouble:
            wanted.append(self.postgres.trouble)
        wanted += [book.trouble for book in self.books if book.trouble]
        wanted += [f"{folder.path} cannot be written to" for folder in self.folders if not folder.writable]
        return tuple(wanted)


def examine() -> Health:
    """Look at everything; PostgreSQL is really started, and stopped again."""
    return Health(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        libraries={name: version_of(name) for name in LIBRARIES},
        postgres=postgres(),
        books=books(),
        terminal=terminal(),
        folders=(
            folder("cache", "XDG_CACHE_HOME", ".cache"),
            folder("data", "XDG_DATA_HOME", ".local/share"),
        ),
    )


def postgres() -> Postgres:
    """Find the server as the judge would, start it, stop it."""
    from sim.judge.discovery import find
    from sim.judge.server import Server

    try:
        found = find()
    except ServerNeeded as error:
        return Postgres(trouble=str(error))
    server, began = Server(found), time.monotonic()
    trouble = None
    try:
        server.start()
    except ServerNeeded as error:
        trouble = str(error)
    finally:
        took_ms = round((time.monotonic() - began) * 1000)
        server.stop()
    return Postgres(
        folder=str(found.folder),
        source=found.source,
        version=found.version,
        runs_as=found.account.name if found.account else None,
        starts_in_ms=None if trouble else took_ms,
        trouble=trouble,
    )


def books() -> tuple[Book, ...]:
    """The verdict books of the scenarios that came along."""
    from sim.scenario.load import catalogue

    return tuple(_book(name, place / "verdicts.json") for name, place in catalogue().items())


def _book(scenario: str, file: Path) -> Book:
    from sim.judge.book import read

    try:
        return Book(scenario, len(read(file)) if file.exists() else 0)
    except InvalidInput as error:
        return Book(scenario, 0, str(error))


def terminal() -> Terminal:
    """Ask the terminal what little it says about itself."""
    size = shutil.get_terminal_size()
    is_terminal = sys.stdout.isatty()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "dumb") == "dumb"
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return Terminal(is_terminal, size.columns, size.lines, is_terminal and not plain, encoding.startswith("utf"))


def folder(purpose: str, variable: str, default: str) -> Folder:
    """One of our folders, where the desktop convention puts it."""
    home = Path(os.environ.get(variable, ""))
    path = (home if home.is_absolute() else Path.home() / default) / "rollback-rehearsal"
    return Folder(purpose, path, path.is_dir(), _can_be_made(path))


def _can_be_made(path: Path) -> bool:
    nearest = next(place for place in (path, *path.parents) if place.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
