"""What was rolled out, instance by instance."""

from dataclasses import dataclass
from typing import ClassVar

from sim.facts.base import BaseFact, Build


@dataclass(frozen=True, kw_only=True)
class RolloutBegan(BaseFact):
    """A release sets out through the pipeline: `named` is how it was asked for, `without` the stages left out.

    One that `resumes` goes on where the pipeline of this service has stopped.
    """

    service: str
    build: Build
    pool: str = ""
    back: bool = False
    schema_down: tuple[str, ...] = ()
    named: str = ""
    without: tuple[str, ...] = ()
    resumes: bool = False
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class InstancesReplaced(BaseFact):
    """So many instances of a pool stopped serving one build and serve another."""

    service: str
    pool: str
    was: Build
    now: Build
    count: int


@dataclass(frozen=True, kw_only=True)
class RolloutEnded(BaseFact):
    service: str
    build: Build
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class RolloutHalted(BaseFact):
    """A roll-out stopped where it was: a migration failed, the error gate tripped, or somebody cancelled it."""

    service: str
    why: str
    shown_only: ClassVar[tuple[str, ...]] = ("why",)
    news: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class RolloutCancelled(BaseFact):
    service: str


@dataclass(frozen=True, kw_only=True)
class RolloutPaused(BaseFact):
    service: str


@dataclass(frozen=True, kw_only=True)
class RolloutResumed(BaseFact):
    service: str


@dataclass(frozen=True, kw_only=True)
class TrafficShifted(BaseFact):
    """The pools of a service have new weights, in percent."""

    service: str
    weights: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ScaleBegan(BaseFact):
    """A pool is to have so many instances: what is too many leaves, what is missing starts."""

    service: str
    pool: str
    instances: int


@dataclass(frozen=True, kw_only=True)
class RestartBegan(BaseFact):
    """Every instance of these pools is to be stopped and started again, so many at a time."""

    service: str
    pools: tuple[str, ...]
    at_once: int


@dataclass(frozen=True, kw_only=True)
class RestartCancelled(BaseFact):
    service: str


@dataclass(frozen=True, kw_only=True)
class RestartEnded(BaseFact):
    service: str


@dataclass(frozen=True, kw_only=True)
class InstancesStopped(BaseFact):
    service: str
    pool: str
    build: Build
    count: int


@dataclass(frozen=True, kw_only=True)
class InstancesStarted(BaseFact):
    service: str
    pool: str
    build: Build
    count: int


@dataclass(frozen=True, kw_only=True)
class FlagSet(BaseFact):
    flag: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class FlagCreated(BaseFact):
    flag: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class FlagDeleted(BaseFact):
    """The flag service no longer knows the flag: whoever asks is told 'off'."""

    flag: str


@dataclass(frozen=True, kw_only=True)
class FixReady(BaseFact):
    fix: str
    news: ClassVar[bool] = True
