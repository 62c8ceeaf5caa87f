"""What can become true. Past tense, frozen, and a closed union: `reduce` must answer every one of them.

A field named in `shown_only` is for people's eyes: it stands in the journal and never in a digest. A fact with
`observed` set tells that somebody looked or thought; it changes no world.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, get_args

Build = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class _Fact:
    shown_only: ClassVar[tuple[str, ...]] = ()
    observed: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Asked(_Fact):
    """Somebody decided something; what came of it follows. The play can be lifted from these."""

    action: str
    arguments: dict[str, Any]
    look: bool = False


@dataclass(frozen=True, kw_only=True)
class Refused(_Fact):
    """An action's 'no', with why and what could be done instead."""

    action: str
    why: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Looked(_Fact):
    """Somebody read something; `saw` is a fingerprint of the answer."""

    what: str
    saw: str
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Predicted(_Fact):
    """Somebody said beforehand what the next action would do, and how sure they were."""

    action: str
    effects: dict[str, str]
    confidence: int
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Declared(_Fact):
    severity: str


@dataclass(frozen=True, kw_only=True)
class Paged(_Fact):
    person: str
    answers_at_ms: int


@dataclass(frozen=True, kw_only=True)
class Answered(_Fact):
    person: str


@dataclass(frozen=True, kw_only=True)
class Posted(_Fact):
    """An update went out; what it claims is later held against the truth."""

    text: str
    claim: str = ""


@dataclass(frozen=True, kw_only=True)
class Claimed(_Fact):
    """Somebody said that the incident is over."""


@dataclass(frozen=True, kw_only=True)
class StoodDown(_Fact):
    """Somebody gave up or handed over."""


@dataclass(frozen=True, kw_only=True)
class RolloutBegan(_Fact):
    service: str
    build: Build
    pool: str = ""
    back: bool = False
    schema_down: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InstancesReplaced(_Fact):
    """So many instances of a pool stopped serving one build and serve another."""

    service: str
    pool: str
    was: Build
    now: Build
    count: int


@dataclass(frozen=True, kw_only=True)
class RolloutEnded(_Fact):
    service: str
    build: Build


@dataclass(frozen=True, kw_only=True)
class RolloutHalted(_Fact):
    """A roll-out stopped where it was: a migration failed, the error gate tripped, or somebody cancelled it."""

    service: str
    why: str
    shown_only: ClassVar[tuple[str, ...]] = ("why",)


@dataclass(frozen=True, kw_only=True)
class MigrationBegan(_Fact):
    migration: str
    direction: str


@dataclass(frozen=True, kw_only=True)
class MigrationEnded(_Fact):
    migration: str
    direction: str
    sqlstate: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScriptSent(_Fact):
    """SQL was handed to the database under a session's name."""

    session: str
    sql: str
    transaction: bool = False
    lock_timeout_ms: int | None = None
    migration: str | None = None
    direction: str = "up"


@dataclass(frozen=True, kw_only=True)
class StatementRan(_Fact):
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
class ScriptEnded(_Fact):
    session: str
    sqlstate: str | None = None


@dataclass(frozen=True, kw_only=True)
class SchemaChanged(_Fact):
    """A group of statements took hold; the lineage has one more member."""

    statements: tuple[str, ...]
    transaction: bool


@dataclass(frozen=True, kw_only=True)
class RowsChanged(_Fact):
    """Somebody changed rows by hand; what the application meets may be different now."""

    session: str


@dataclass(frozen=True, kw_only=True)
class LockQueued(_Fact):
    session: str
    table: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class LockTaken(_Fact):
    session: str
    table: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class LocksFreed(_Fact):
    """A session's transaction ended; whatever it held or waited for is free."""

    session: str


@dataclass(frozen=True, kw_only=True)
class SessionOpened(_Fact):
    session: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(_Fact):
    session: str


@dataclass(frozen=True, kw_only=True)
class StatementCancelled(_Fact):
    session: str


@dataclass(frozen=True, kw_only=True)
class RolloutCancelled(_Fact):
    service: str


@dataclass(frozen=True, kw_only=True)
class FlagSet(_Fact):
    flag: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class FixOrdered(_Fact):
    fix: str


@dataclass(frozen=True, kw_only=True)
class FixReady(_Fact):
    fix: str


@dataclass(frozen=True, kw_only=True)
class RowsMoved(_Fact):
    """What users wrote has moved a share: guards over rows are read again."""

    minute: int


@dataclass(frozen=True, kw_only=True)
class AlertFired(_Fact):
    alert: str


@dataclass(frozen=True, kw_only=True)
class AlertCleared(_Fact):
    alert: str


@dataclass(frozen=True, kw_only=True)
class MessageArrived(_Fact):
    sender: str
    text: str


@dataclass(frozen=True, kw_only=True)
class FaultBegan(_Fact):
    fault: str
    arguments: dict[str, Any]
    number: int


@dataclass(frozen=True, kw_only=True)
class FaultLifted(_Fact):
    number: int


@dataclass(frozen=True, kw_only=True)
class JobRan(_Fact):
    """A scheduled job went through its batch."""

    job: str
    total: int
    failed: int
    harmed: int
    errors: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Ended(_Fact):
    """The run is over, and how."""

    outcome: str
    resolved_at_ms: int | None = None


Fact = (
    Asked | Refused | Looked | Predicted | Declared | Paged | Answered | Posted | Claimed | StoodDown
    | RolloutBegan | InstancesReplaced | RolloutEnded | RolloutHalted | RolloutCancelled
    | MigrationBegan | MigrationEnded | ScriptSent | ScriptEnded | StatementRan | SchemaChanged
    | RowsChanged
    | LockQueued | LockTaken | LocksFreed | SessionOpened | SessionEnded | StatementCancelled
    | FlagSet | FixOrdered | FixReady | RowsMoved | AlertFired | AlertCleared | MessageArrived
    | FaultBegan | FaultLifted | JobRan | Ended
)  # fmt: skip
Facts = tuple[Fact, ...]
FACTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Fact)}


def as_row(fact: Fact) -> dict[str, Any]:
    """A fact as plain data; a set becomes a sorted list."""
    row: dict[str, Any] = {"fact": type(fact).__name__}
    for name, value in _items(fact):
        row[name] = sorted(value) if isinstance(value, frozenset) else value
    return row


def essence(fact: Fact) -> dict[str, Any]:
    """The part of a fact that a digest may rest on."""
    row = as_row(fact)
    for name in fact.shown_only:
        del row[name]
    return row


def _items(fact: Fact) -> Iterator[tuple[str, Any]]:
    return ((spec.name, getattr(fact, spec.name)) for spec in fields(fact))
