"""Chance comes through one door, by name.

Every stream is keyed by blake2b(seed/name) and counted by position (Philox), so that any window of it gives the same
values, and adding a stream shifts no other. Nothing transcendental stands between a draw and a whole number.
"""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

TWO_TO_MINUS_53 = 2.0**-53


def _key(seed: int, name: str) -> int:
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=16).digest(), "little")


def raw(seed: int, name: str, start: int, stop: int) -> NDArray[np.uint64]:
    """The 64-bit words of a named stream in [start, stop): the same in whatever pieces it is read."""
    block = start >> 2
    words: NDArray[np.uint64] = np.random.Philox(key=_key(seed, name), counter=block).random_raw(stop - 4 * block)
    return words[start - 4 * block :]


def uniforms(seed: int, name: str, start: int, stop: int) -> NDArray[np.float64]:
    """The same stream as 53-bit numbers in [0, 1)."""
    return (raw(seed, name, start, stop) >> np.uint64(11)).astype(np.float64) * TWO_TO_MINUS_53


def uniform(seed: int, name: str) -> float:
    """One 53-bit number in [0, 1), without numpy's help."""
    return (
        int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "little") >> 11
    ) * TWO_TO_MINUS_53


def between(seed: int, name: str, low: int, high: int) -> int:
    """One whole number in [low, high], both ends possible."""
    return low + int(uniform(seed, name) * (high - low + 1))
