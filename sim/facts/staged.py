"""What happened in a pipeline: stages, smoke checks, tags, and what its migration tool says by itself."""

from dataclasses import dataclass
from typing import ClassVar

from sim.facts.base import BaseFact


@dataclass(frozen=True, kw_only=True)
class StageScheduled(BaseFact):
    """A stage's turn has come but for its waiting time; it begins at a moment, unless it is held."""

    service: str
    stage: str
    at_ms: int


@dataclass(frozen=True, kw_only=True)
class StageBegan(BaseFact):
    service: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageEnded(BaseFact):
    service: str
    stage: str
    ok: bool
    why: str = ""
    shown_only: ClassVar[tuple[str, ...]] = ("why",)


@dataclass(frozen=True, kw_only=True)
class StageHeld(BaseFact):
    """A stage does not begin until somebody lets it."""

    service: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageReleased(BaseFact):
    service: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class StageSkipped(BaseFact):
    service: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class SmokeCheckAdded(BaseFact):
    service: str
    check: str
    endpoint: str
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class SmokeChecked(BaseFact):
    """A smoke check was asked of a candidate: what answered, and how many of its prototypes failed."""

    service: str
    check: str
    candidate: str
    answered: str
    failing: int
    of: int
    ok: bool


@dataclass(frozen=True, kw_only=True)
class TagMoved(BaseFact):
    """A mutable tag of the registry means another release from now on."""

    tag: str
    release: str


@dataclass(frozen=True, kw_only=True)
class MigrationMarked(BaseFact):
    """Somebody told the migration tool what the state of a migration is; no statement ran."""

    migration: str
    state: str


@dataclass(frozen=True, kw_only=True)
class MigrationDeclined(BaseFact):
    """The migration tool would not run: an earlier script stopped half-way."""

    migration: str
    dirty: str
