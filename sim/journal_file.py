"""The file of a journal while it is written, and the moment in which it becomes a whole one.

A run that is under way writes to `NAME.part` and holds a lock on it that dies with its process; sealing renames it to
`NAME`. So whatever is called `NAME` is whole, and a `.part` that nobody holds is what a process left that died.
"""

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sim.errors import InvalidInput, Mark, Problem

PART = ".part"


@dataclass(frozen=True)
class Keeping:
    """Where a journal is kept, and what its head says beside the run itself: who played, and when.

    One that is `durable` is on the disk when it is sealed, and a power cut does not take it away.
    """

    path: Path
    signed: Mapping[str, str] = field(default_factory=dict)
    durable: bool = False


class JournalFile:
    """Lines, each flushed before the world changes; one that is continued has its earlier lines from the start.

    A path that ends in `.part` is that of the part, in a folder that keeps runs.
    """

    def __init__(self, keeping: Keeping, earlier: Iterable[str] | None = None) -> None:
        part = keeping.path.name.endswith(PART)
        self._durable = keeping.durable or part
        self._sealed = keeping.path.with_name(keeping.path.name.removesuffix(PART))
        special = keeping.path.exists() and not stat.S_ISREG(keeping.path.stat().st_mode)
        self._part = None if special else self._sealed.with_name(self._sealed.name + PART)
        self._file: IO[str]
        if self._part is None:
            self._file = keeping.path.open("w", encoding="utf-8")
            return
        with beginnings(keeping.path.parent, shared=True):
            self._file = _held(self._part) if earlier is None else _continued(self._part, earlier)

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, line: str) -> None:
        self._file.write(line)
        self._file.flush()

    def seal(self) -> None:
        """The file has all its lines: give it its name."""
        if self._durable:
            os.fsync(self._file.fileno())
        if self._part is not None:
            self._part.replace(self._sealed)
        if self._durable:
            settle(self._sealed.parent)
        self._file.close()

    def close(self) -> None:
        """Leave the file as it is, unsealed."""
        self._file.close()


@contextmanager
def beginnings(folder: Path, *, shared: bool) -> Iterator[None]:
    """Begin a journal in a folder beside others who do, or look at what was begun while nobody does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _held(part: Path) -> IO[str]:
    """The file, empty and locked; it may be renamed by its last writer between opening and locking it."""
    while True:
        file = part.open("a", encoding="utf-8")
        if not lock_now(file):
            file.close()
            raise InvalidInput([Problem(Mark(str(part)), "another run is being written here", "name another file")])
        if part.exists() and os.path.samestat(part.stat(), os.fstat(file.fileno())):
            file.truncate(0)
            return file
        file.close()


def _continued(part: Path, earlier: Iterable[str]) -> IO[str]:
    """The file with what was said before in it, locked; until it is whole the old one stays."""
    file = part.with_name(f"{part.name}.new").open("w", encoding="utf-8")
    lock_now(file)
    file.writelines(earlier)
    file.flush()
    os.fsync(file.fileno())
    Path(file.name).replace(part)
    return file


def lock_now(file: IO[str]) -> bool:
    """Lock a file if nobody has; the lock ends with the file or the process."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def settle(folder: Path) -> None:
    """Names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
