"""What people asked, saw, thought and said."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sim.facts.base import BaseFact


@dataclass(frozen=True, kw_only=True)
class Asked(BaseFact):
    """Somebody decided something; what came of it follows. The play can be lifted from these."""

    action: str
    arguments: dict[str, Any]
    look: bool = False


@dataclass(frozen=True, kw_only=True)
class Refused(BaseFact):
    """An action's 'no', with why and what could be done instead."""

    action: str
    why: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Looked(BaseFact):
    """Somebody read something; `saw` is a fingerprint of the answer."""

    what: str
    saw: str
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class WatchBegan(BaseFact):
    """Somebody keeps a query, to be asked once a minute."""

    called: str
    sql: str
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Watched(BaseFact):
    """What a kept query gave; where it could not be asked, why."""

    called: str
    value: str
    gap: str = ""
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Predicted(BaseFact):
    """Somebody said beforehand what the next action would do, and how sure they were."""

    action: str
    effects: dict[str, str]
    confidence: int
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Declared(BaseFact):
    severity: str


@dataclass(frozen=True, kw_only=True)
class Paged(BaseFact):
    person: str
    answers_at_ms: int


@dataclass(frozen=True, kw_only=True)
class Answered(BaseFact):
    person: str


@dataclass(frozen=True, kw_only=True)
class Posted(BaseFact):
    """An update went out; what it claims is later held against the truth."""

    text: str
    claim: str = ""


@dataclass(frozen=True, kw_only=True)
class Claimed(BaseFact):
    """Somebody said that the incident is over."""


@dataclass(frozen=True, kw_only=True)
class StoodDown(BaseFact):
    """Somebody gave up or handed over."""


@dataclass(frozen=True, kw_only=True)
class FixOrdered(BaseFact):
    fix: str


@dataclass(frozen=True, kw_only=True)
class JobPaused(BaseFact):
    job: str


@dataclass(frozen=True, kw_only=True)
class JobResumed(BaseFact):
    job: str


@dataclass(frozen=True, kw_only=True)
class JobCalled(BaseFact):
    """Somebody asked a job to run now."""

    job: str
