"""Verdicts for single prototypes become one mix: who fails first, of what, who is hurt, who passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.traffic.values import Mix


class Line(Protocol):
    """A step, as far as folding reads it."""

    @property
    def name(self) -> str: ...
    @property
    def guard(self) -> str | None: ...
    @property
    def raises(self) -> str | None: ...
    @property
    def harms(self) -> str | None: ...
    @property
    def sql(self) -> str | None: ...


@dataclass(frozen=True, eq=False)
class Variant:
    """One combination of flags: its steps, and per prototype which statement stops it and which guards hold."""

    lines: Sequence[Line]
    stops: bytes
    codes: Sequence[tuple[str, str]]
    guards: Mapping[str, bytes]
    delays: Mapping[str, int]
    bucket: Sequence[object]


@dataclass(frozen=True, eq=False)
class Fates:
    """What becomes of each prototype: `given` is the place of its combination of flags among `variants`.

    `error` is 0 where it passes, else k for `errors[k - 1]`; `place` is the number of the step that stops it, -1 for
    one that is stopped before its first.
    """

    variants: tuple[frozenset[str], ...]
    errors: tuple[str, ...]
    given: NDArray[np.int16]
    error: NDArray[np.int16]
    place: NDArray[np.int16]
    hurt: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Folded:
    """A mix, the prototypes that pass, by the combination of flags each was given, and what becomes of each."""

    mix: Mix
    passed: Mapping[frozenset[str], NDArray[np.int64]]
    fates: Fates


def error_name(raises: str) -> str:
    """The error's name is what stands before the colon: 'IllegalStateException: utm_source missing'."""
    return raises.partition(":")[0].strip()


def fold(variants: Mapping[frozenset[str], Variant], percents: Mapping[str, int]) -> Folded:
    """Walk each prototype through the steps of the combination its bucket gives it; the first failure counts.

    What the database answers is late. What code raises is not, even where a statement comes before it: a request that
    waits for a lock is then taken to fail at once, since a mix does not say after which statement it would.
    """
    size = len(next(iter(variants.values())).bucket) if variants else 0
    walk = _Walk(size)
    passed: dict[frozenset[str], NDArray[np.int64]] = {}
    for at, (on, variant) in enumerate(variants.items()):
        bucket = np.array(variant.bucket, dtype=np.int64)
        mine = np.ones(size, bool)
        for flag, percent in percents.items():
            mine &= (bucket < percent) == (flag in on)
        walk.given[mine] = at
        alive = walk.through(variant, mine)
        if alive.any():
            passed[on] = np.flatnonzero(alive)
    answers = {sqlstate for variant in variants.values() for _, sqlstate in variant.codes}
    failing = walk.failing
    mix = Mix(
        of=size, failing=tuple(sorted(failing.items())), harmed=int(np.count_nonzero(walk.hurt)),
        delays=tuple(sorted(walk.delays.items())), late=tuple(sorted(answers & failing.keys())),
    )  # fmt: skip
    return Folded(mix, passed, Fates(tuple(variants), tuple(failing), walk.given, walk.error, walk.place, walk.hurt))


class _Walk:
    """What became of the prototypes so far."""

    def __init__(self, size: int) -> None:
        self.failing: dict[str, int] = {}
        self.delays: dict[int, int] = {}
        self.given, self.error, self.place = (np.full(size, fill, np.int16) for fill in (0, 0, -1))
        self.hurt = np.zeros(size, bool)

    def through(self, variant: Variant, mine: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Walk these prototypes through the steps; gives those that come to the end."""
        stops = np.frombuffer(variant.stops, np.uint8)
        alive, hurt = mine.copy(), np.zeros(len(mine), bool)
        known = {line.name for line in variant.lines}
        for number, (name, sqlstate) in enumerate(variant.codes, start=1):
            if name not in known:
                self._stop(alive, alive & (stops == number), sqlstate, -1, 0)
        for place, line in enumerate(variant.lines):
            delay_ms = variant.delays.get(line.name, 0)
            guard = variant.guards.get(line.name)
            met = np.ones(len(mine), bool) if guard is None else np.frombuffer(guard, np.uint8) > 0
            if line.harms:
                hurt |= alive & met
            if line.raises:
                self._stop(alive, alive & met, error_name(line.raises), place, delay_ms)
            for number, (name, sqlstate) in enumerate(variant.codes, start=1):
                if name == line.name:
                    self._stop(alive, alive & (stops == number), sqlstate, place, delay_ms)
        self.hurt |= hurt & alive
        return alive

    def _stop(
        self, alive: NDArray[np.bool_], stopped: NDArray[np.bool_], error: str, place: int, delay_ms: int
    ) -> None:
        count = int(np.count_nonzero(stopped))
        if not count:
            return
        self.failing[error] = self.failing.get(error, 0) + count
        if delay_ms:
            self.delays[delay_ms] = self.delays.get(delay_ms, 0) + count
        self.error[stopped] = list(self.failing).index(error) + 1
        self.place[stopped] = place
        alive &= ~stopped
