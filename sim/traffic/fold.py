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
class Folded:
    """A mix, and the prototypes that pass, by the combination of flags each was given."""

    mix: Mix
    passed: Mapping[frozenset[str], NDArray[np.int64]]


def error_name(raises: str) -> str:
    """The error's name is what stands before the colon: 'IllegalStateException: utm_source missing'."""
    return raises.partition(":")[0].strip()


def fold(variants: Mapping[frozenset[str], Variant], percents: Mapping[str, int]) -> Folded:
    """Walk each prototype through the steps of the combination its bucket gives it; the first failure counts.

    What the database answers is late. What code raises is not, even where a statement comes before it: a request that
    waits for a lock is then taken to fail at once, since a mix does not say after which statement it would.
    """
    failing: dict[str, int] = {}
    delays: dict[int, int] = {}
    passed: dict[frozenset[str], NDArray[np.int64]] = {}
    harmed = size = 0
    for on, variant in variants.items():
        bucket = np.array(variant.bucket, dtype=np.int64)
        size = len(bucket)
        mine = np.ones(size, bool)
        for flag, percent in percents.items():
            mine &= (bucket < percent) == (flag in on)
        alive, hurt = _walk(variant, mine, failing, delays)
        harmed += int(np.count_nonzero(hurt))
        if alive.any():
            passed[on] = np.flatnonzero(alive)
    answers = {sqlstate for variant in variants.values() for _, sqlstate in variant.codes}
    mix = Mix(
        of=size, failing=tuple(sorted(failing.items())), harmed=harmed, delays=tuple(sorted(delays.items())),
        late=tuple(sorted(answers & failing.keys())),
    )  # fmt: skip
    return Folded(mix, passed)


def _walk(
    variant: Variant, mine: NDArray[np.bool_], failing: dict[str, int], delays: dict[int, int]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    stops = np.frombuffer(variant.stops, np.uint8)
    alive, hurt = mine.copy(), np.zeros(len(mine), bool)
    known = {line.name for line in variant.lines}
    for number, (name, sqlstate) in enumerate(variant.codes, start=1):
        if name not in known:
            _stop(alive, alive & (stops == number), sqlstate, failing, delays, 0)
    for line in variant.lines:
        met = (
            np.frombuffer(variant.guards[line.name], np.uint8) > 0
            if line.name in variant.guards
            else np.ones(len(mine), bool)
        )
        if line.harms:
            hurt |= alive & met
        if line.raises:
            _stop(alive, alive & met, error_name(line.raises), failing, delays, variant.delays.get(line.name, 0))
        for number, (name, sqlstate) in enumerate(variant.codes, start=1):
            if name == line.name:
                _stop(alive, alive & (stops == number), sqlstate, failing, delays, variant.delays.get(line.name, 0))
    return alive, hurt & alive


def _stop(
    alive: NDArray[np.bool_],
    stopped: NDArray[np.bool_],
    error: str,
    failing: dict[str, int],
    delays: dict[int, int],
    delay_ms: int,
) -> None:
    count = int(np.count_nonzero(stopped))
    if count:
        failing[error] = failing.get(error, 0) + count
        if delay_ms:
            delays[delay_ms] = delays.get(delay_ms, 0) + count
        alive &= ~stopped
