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
    look: bool = False


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
class PredictionSettled(BaseFact):
    """What came of a prediction: where the errors went, and whether that is what was said."""

    action: str
    effects: dict[str, str]
    came: str
    right: bool
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class HypothesisHeld(BaseFact):
    """Somebody took this to be the cause, or has seen what supports or refutes it."""

    says: str
    state: str
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Noted(BaseFact):
    """Somebody wrote something down."""

    text: str
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class HintTaken(BaseFact):
    about: str
    tier: str
    price: int
    text: str
    shown_only: ClassVar[tuple[str, ...]] = ("text",)
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(BaseFact):
    question: str
    choice: tuple[str, ...]
    observed: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Announced(BaseFact):
    """Everybody was told of a plan or of a quiet hour, beforehand."""

    what: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AlertSilenced(BaseFact):
    """An alert does not page until then; whatever it alerts about goes on."""

    alert: str
    until_ms: int


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
