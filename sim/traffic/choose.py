"""Which prototypes the requests that passed were: drawn by their number, so the n-th is always the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.chance import uniforms
from sim.traffic.fold import Folded

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chosen:
    """Requests of one combination of flags: which of those asked for they are, their prototypes, and their seconds."""

    on: frozenset[str]
    places: Numbers
    prototypes: Numbers
    seconds: Numbers


def choose(folded: Folded, seed: int, name: str, first: int, passed: Numbers, start: int) -> list[Chosen]:
    """Prototypes for the requests that passed in each second from `start` on; `first` numbers the first one."""
    count, order = int(passed.sum()), list(folded.passed)
    pool = np.concatenate([folded.passed[on] for on in order]) if order else np.zeros(0, np.int64)
    if count == 0 or len(pool) == 0:
        return []
    variant = np.repeat(np.arange(len(order)), [len(folded.passed[on]) for on in order])
    picked = (uniforms(seed, f"rows/{name}", first, first + count) * len(pool)).astype(np.int64)
    seconds = np.repeat(np.arange(start, start + len(passed)), passed)
    chosen = []
    for index, on in enumerate(order):
        mine = np.flatnonzero(variant[picked] == index)
        if len(mine):
            chosen.append(Chosen(on, mine, pool[picked[mine]], seconds[mine]))
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


def at_once(count: int) -> Numbers:
    """So many requests in a single second."""
    return np.array([count], dtype=np.int64)


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
    )
