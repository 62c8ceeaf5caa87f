"""Which prototypes the requests that passed were: drawn by their number, so the n-th is always the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.chance import uniforms
from sim.traffic.fold import Fates, Folded

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chosen:
    """Requests of one combination of flags: which of those asked for they are, their prototypes, and their seconds.

    They left behind what all steps wrote, or those before `upto`.
    """

    on: frozenset[str]
    places: Numbers
    prototypes: Numbers
    seconds: Numbers
    upto: int | None = None


@dataclass(frozen=True, eq=False)
class Alike:
    """Prototypes of one combination of flags that leave the same steps behind."""

    on: frozenset[str]
    prototypes: Numbers
    upto: int | None = None


Commits = Sequence[Sequence[int]]
"""For each combination of flags the numbers of the steps that commit, and after them the number of steps."""


def passing(folded: Folded) -> list[Alike]:
    """Whoever passes leaves everything behind."""
    return [Alike(on, prototypes) for on, prototypes in folded.passed.items()]


def failing(fates: Fates, error: str, commits: Commits) -> list[Alike]:
    """Whoever fails with an error leaves behind what was committed by then, if anything."""
    stopped = np.flatnonzero(fates.error == fates.errors.index(error) + 1)
    return [
        Alike(fates.variants[variant], stopped[mine], reach) for variant, reach, mine in _left(fates, stopped, commits)
    ]


def _left(fates: Fates, prototypes: Numbers, commits: Commits) -> list[tuple[int, int, Numbers]]:
    """Prototypes by combination of flags and by how many of their steps stay: the places of each sort."""
    given, place, through = fates.given[prototypes], fates.place[prototypes], fates.error[prototypes] == 0
    upto = np.zeros(len(prototypes), np.int64)
    for variant, steps in enumerate(commits):
        mine = given == variant
        for step in steps[:-1]:
            upto[mine & (place > step)] = step + 1
        upto[mine & through] = steps[-1]
    sorts = sorted(set(zip(given.tolist(), upto.tolist(), strict=True)))
    return [(variant, reach, np.flatnonzero((given == variant) & (upto == reach))) for variant, reach in sorts]


def choose(
    alike: Sequence[Alike], seed: int, name: str, first: int, counts: Numbers, start: int, *, evenly: bool = False
) -> list[Chosen]:
    """Prototypes for so many requests in each second from `start` on; `first` numbers the first one.

    `evenly`: each prototype once before any comes again, as when each of them points at somebody else.
    """
    count = int(counts.sum())
    if count == 0 or not alike:
        return []
    pool = np.concatenate([one.prototypes for one in alike])
    sort = np.repeat(np.arange(len(alike)), [len(one.prototypes) for one in alike])
    if evenly:
        order = np.argsort(uniforms(seed, f"rows/{name}", 0, len(pool)), kind="stable")
        picked = order[(first + np.arange(count)) % len(pool)]
    else:
        picked = (uniforms(seed, f"rows/{name}", first, first + count) * len(pool)).astype(np.int64)
    seconds = np.repeat(np.arange(start, start + len(counts)), counts)
    chosen = []
    for index, one in enumerate(alike):
        mine = np.flatnonzero(sort[picked] == index)
        if len(mine):
            chosen.append(Chosen(one.on, mine, pool[picked[mine]], seconds[mine], one.upto))
    return chosen


def serials(passed: Sequence[Numbers]) -> list[Numbers]:
    """A number for every request that passed: by second, within a second writer by writer, from zero."""
    table = np.array(passed, dtype=np.int64)
    ends = np.cumsum(table.T.ravel()).reshape(table.T.shape).T
    found = []
    for row, end in zip(table, ends, strict=True):
        within = np.arange(int(row.sum())) - np.repeat(np.cumsum(row) - row, row)
        found.append(np.repeat(end - row, row) + within)
    return found


def deal(seed: int, name: str, size: int) -> list[int]:
    """All prototypes in an order that chance decides."""
    dealt: list[int] = np.argsort(uniforms(seed, f"items/{name}", 0, size), kind="stable").tolist()
    return dealt


def tried(fates: Fates, prototypes: Sequence[int], second: int, commits: Commits) -> list[Chosen]:
    """Tries of these prototypes, one each: those that left something behind."""
    every = np.array(prototypes, np.int64)
    return [
        Chosen(fates.variants[variant], mine, every[mine], np.full(len(mine), second), reach)
        for variant, reach, mine in _left(fates, every, commits)
        if reach
    ]


def take(index: Sequence[int], places: Numbers) -> Numbers:
    """The entries of an index at these places."""
    return np.asarray(index, dtype=np.int64)[places]


def everybody(size: int) -> Numbers:
    """Each prototype once."""
    return np.arange(size, dtype=np.int64)


def joined(parts: Sequence[Numbers]) -> Numbers:
    """One column after the other."""
    return np.concatenate(parts)


def gathered(parts: Sequence[Chosen]) -> Chosen:
    """Requests of the same combination of flags as one; their places mean nothing any more."""
    return Chosen(
        parts[0].on,
        joined([part.places for part in parts]),
        joined([part.prototypes for part in parts]),
        joined([part.seconds for part in parts]),
        parts[0].upto,
    )
