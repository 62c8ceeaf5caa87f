"""What was rolled out, instance by instance."""

from dataclasses import dataclass
from typing import ClassVar

from sim.facts.base import BaseFact, Build


@dataclass(frozen=True, kw_only=True)
class RolloutBegan(BaseFact):
    service: str
    build: Build
    pool: str = ""
    back: bool = False
    schema_down: tuple[str, ...] = ()
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
