"""Where runs are kept, and what lies there."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DATA = "REHEARSE_DATA"
NAME = "rollback-rehearsal"


@dataclass(frozen=True)
class Folder:
    """A data folder: journals in `runs/`, the index over them, two locks, and `aside/` for what could not be read."""

    path: Path

    @classmethod
    def of_user(cls) -> Self:
        """The one that $REHEARSE_DATA names, or the user's own."""
        if named := os.environ.get(DATA):
            return cls(Path(named))
        home = os.environ.get("XDG_DATA_HOME") or ""
        return cls((Path(home) if Path(home).is_absolute() else Path.home() / ".local" / "share") / NAME)

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def index(self) -> Path:
        return self.path / "archive.duckdb"

    @property
    def lock(self) -> Path:
        """Held around every opening of the index: shared to read, alone to write."""
        return self.path / "archive.lock"

    @property
    def turn(self) -> Path:
        """Held by the one process that brings runs into the index."""
        return self.path / "ingest.lock"

    @property
    def aside(self) -> Path:
        return self.path / "aside"

    def made(self) -> Self:
        """The same, and it exists."""
        self.runs.mkdir(parents=True, exist_ok=True)
        return self
