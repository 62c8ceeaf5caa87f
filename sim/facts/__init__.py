"""What can become true. Past tense, frozen, and a closed union: `reduce` must answer every one of them.

A field named in `shown_only` is for people's eyes: it stands in the journal and never in a digest. A fact with
`observed` set tells that somebody looked or thought; it changes no world. One with `news` set is worth stopping for
when somebody skips ahead.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_args

from sim.facts.base import Build
from sim.facts.decided import (
    AlertSilenced,
    Announced,
    Answered,
    Asked,
    Claimed,
    Declared,
    FixOrdered,
    HintTaken,
    HypothesisHeld,
    JobCalled,
    JobPaused,
    JobResumed,
    Looked,
    Noted,
    Paged,
    Posted,
    Predicted,
    PredictionSettled,
    QuestionAnswered,
    Refused,
    StoodDown,
    WatchBegan,
    Watched,
)  # fmt: skip
from sim.facts.happened import (
    AlertCleared,
    AlertFired,
    Ended,
    FaultBegan,
    FaultLifted,
    JobRan,
    MessageArrived,
    TimePassed,
    WorkDue,
    WorkOverdue,
)  # fmt: skip
from sim.facts.rolled import (
    FixReady,
    FlagCreated,
    FlagDeleted,
    FlagSet,
    InstancesReplaced,
    InstancesStarted,
    InstancesStopped,
    RestartBegan,
    RestartCancelled,
    RestartEnded,
    RolloutBegan,
    RolloutCancelled,
    RolloutEnded,
    RolloutHalted,
    RolloutPaused,
    RolloutResumed,
    ScaleBegan,
    TrafficShifted,
)  # fmt: skip
from sim.facts.staged import (
    MigrationDeclined,
    MigrationMarked,
    SmokeCheckAdded,
    SmokeChecked,
    StageBegan,
    StageEnded,
    StageHeld,
    StageReleased,
    StageScheduled,
    StageSkipped,
    TagMoved,
)  # fmt: skip
from sim.facts.stored import (
    BackendsOrphaned,
    BackfillBegan,
    BackfillEnded,
    BackupBegan,
    BackupEnded,
    BatchRan,
    ConnectionsCut,
    DatabaseRestored,
    LockQueued,
    LocksFreed,
    LockTaken,
    MigrationBegan,
    MigrationEnded,
    OrphansEnded,
    RestoreBegan,
    RestoreEnded,
    RowsChanged,
    RowsMoved,
    SchemaChanged,
    ScriptEnded,
    ScriptSent,
    SessionEnded,
    SessionOpened,
    StatementCancelled,
    StatementRan,
)  # fmt: skip

__all__ = [
    "FACTS",
    "AlertCleared",
    "AlertFired",
    "AlertSilenced",
    "Announced",
    "Answered",
    "Asked",
    "BackendsOrphaned",
    "BackfillBegan",
    "BackfillEnded",
    "BackupBegan",
    "BackupEnded",
    "BatchRan",
    "Build",
    "Claimed",
    "ConnectionsCut",
    "DatabaseRestored",
    "Declared",
    "Ended",
    "Fact",
    "Facts",
    "FaultBegan",
    "FaultLifted",
    "FixOrdered",
    "FixReady",
    "FlagCreated",
    "FlagDeleted",
    "FlagSet",
    "HintTaken",
    "HypothesisHeld",
    "InstancesReplaced",
    "InstancesStarted",
    "InstancesStopped",
    "JobCalled",
    "JobPaused",
    "JobRan",
    "JobResumed",
    "LockQueued",
    "LockTaken",
    "LocksFreed",
    "Looked",
    "MessageArrived",
    "MigrationBegan",
    "MigrationDeclined",
    "MigrationEnded",
    "MigrationMarked",
    "Noted",
    "OrphansEnded",
    "Paged",
    "Posted",
    "Predicted",
    "PredictionSettled",
    "QuestionAnswered",
    "Refused",
    "RestartBegan",
    "RestartCancelled",
    "RestartEnded",
    "RestoreBegan",
    "RestoreEnded",
    "RolloutBegan",
    "RolloutCancelled",
    "RolloutEnded",
    "RolloutHalted",
    "RolloutPaused",
    "RolloutResumed",
    "RowsChanged",
    "RowsMoved",
    "ScaleBegan",
    "SchemaChanged",
    "ScriptEnded",
    "ScriptSent",
    "SessionEnded",
    "SessionOpened",
    "SmokeCheckAdded",
    "SmokeChecked",
    "StageBegan",
    "StageEnded",
    "StageHeld",
    "StageReleased",
    "StageScheduled",
    "StageSkipped",
    "StatementCancelled",
    "StatementRan",
    "StoodDown",
    "TagMoved",
    "TimePassed",
    "TrafficShifted",
    "WatchBegan",
    "Watched",
    "WorkDue",
    "WorkOverdue",
    "as_row",
    "essence",
]

Fact = (
    Asked | Refused | Looked | WatchBegan | Watched | Predicted
    | Declared | Paged | Answered | Posted | Claimed | StoodDown
    | PredictionSettled | HypothesisHeld | Noted | HintTaken | QuestionAnswered | Announced | AlertSilenced
    | RolloutBegan | InstancesReplaced | RolloutEnded | RolloutHalted | RolloutCancelled
    | RolloutPaused | RolloutResumed | TrafficShifted | ScaleBegan | InstancesStopped | InstancesStarted
    | RestartBegan | RestartCancelled | RestartEnded | ConnectionsCut | BackendsOrphaned | OrphansEnded
    | MigrationBegan | MigrationEnded | ScriptSent | ScriptEnded | StatementRan | SchemaChanged
    | RowsChanged | BackfillBegan | BatchRan | BackfillEnded
    | LockQueued | LockTaken | LocksFreed | SessionOpened | SessionEnded | StatementCancelled
    | BackupBegan | BackupEnded | RestoreBegan | DatabaseRestored | RestoreEnded
    | FlagSet | FlagCreated | FlagDeleted | FixOrdered | FixReady | RowsMoved
    | AlertFired | AlertCleared | MessageArrived
    | StageScheduled | StageBegan | StageEnded | StageHeld | StageReleased | StageSkipped
    | SmokeCheckAdded | SmokeChecked | TagMoved | MigrationMarked | MigrationDeclined
    | FaultBegan | FaultLifted | JobPaused | JobResumed | JobCalled | WorkDue | JobRan | WorkOverdue
    | TimePassed | Ended
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
