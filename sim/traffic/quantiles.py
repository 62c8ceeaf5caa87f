"""Inverse distribution functions: a uniform number goes in, a count comes out, and nothing but + - * / lies between.

Tables are built per distribution and remembered; a value depends on the distribution and the draw alone, never on
what else is drawn with it. Draws lie in [LOWEST, HIGHEST], so that a count of millions and a draw fit in one number.
A binomial count of variance above `WIDEST` is a rounded Cornish-Fisher normal, within one of the exact count.
"""

from functools import lru_cache
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]

LOWEST = 2.0**-30
HIGHEST = 1.0 - LOWEST
WIDEST = 1024
REACH = 8.5
_ROWS = 64
_ABSENT = -(1 << 40)


@lru_cache(maxsize=4096)
def _poisson_table(mean: float) -> tuple[int, Floats]:
    """The smallest count worth a thought, and the distribution function from there on."""
    mode = int(mean)
    reach = int(REACH * sqrt(mean)) + 10
    lowest = max(0, mode - reach)
    above = np.cumprod(mean / np.arange(mode + 1, mode + reach + 1))
    below = np.cumprod(np.arange(mode, lowest, -1) / mean)[::-1]
    cdf = np.cumsum(np.concatenate((below, [1.0], above)))
    cdf /= cdf[-1]
    cdf[-1] = 1.0
    return lowest, cdf


def poisson(mean: float, u: Floats) -> Counts:
    """The quantiles of Poisson(mean)."""
    if mean <= 0.0:
        return np.zeros(u.shape, np.int64)
    lowest, cdf = _poisson_table(mean)
    counts = cdf.searchsorted(u, side="right")
    return counts + lowest if lowest else counts


def poisson_most(mean: float) -> int:
    """The largest count that `poisson` can answer."""
    if mean <= 0.0:
        return 0
    lowest, cdf = _poisson_table(mean)
    return lowest + len(cdf) - 1


def binomial(n: Counts, part: float, whole: float, u: Floats) -> Counts:
    """The quantiles of Binomial(n, part / whole), rising in n, in the share and in u."""
    if part <= 0:
        return np.zeros_like(n)
    if part >= whole:
        return n.copy()
    if 2 * part > whole:
        return n - _table((whole - part) / whole).inverse(n, 1.0 - u)
    return _table(part / whole).inverse(n, u)


class _Binomial:
    """The distribution functions of Binomial(n, p) for the n that were asked for, laid end to end as n + F(k).

    One search in the whole serves every n at once. Rows come in blocks; a row is the same in every arrangement.
    """

    def __init__(self, p: float) -> None:
        self.p = p
        self.narrow = int(WIDEST / (p * (1.0 - p)))
        self.blocks: dict[int, tuple[Floats, NDArray[np.int64]]] = {}
        self.rows = np.empty(0)
        self.shift = np.empty(0, np.int64)
        self.floor = np.empty(0)

    def inverse(self, n: Counts, u: Floats) -> Counts:
        most = int(n.max(initial=0))
        if most > self.narrow:
            return self._inverse_wide(n, u)
        if most * self.p < 2.0 and n.size > 256:
            return self._inverse_rare(n, u, most)
        return self._search(n, n + u, most)

    def _search(self, n: Counts, key: Floats, most: int) -> Counts:
        if most >= self.shift.size:
            self._arrange(n)
        shift = self.shift[n]
        if shift.min(initial=0) == _ABSENT:
            self._arrange(n)
            shift = self.shift[n]
        found = self.rows.searchsorted(key, side="right")
        found += shift
        return np.minimum(found, n, out=found)

    def _inverse_rare(self, n: Counts, u: Floats, most: int) -> Counts:
        """Most answers are 0: only the others are searched for."""
        counts = np.zeros(n.size, np.int64)
        flat, key = n.ravel(), (n + u).ravel()
        if most >= self.shift.size or self.shift[flat].min(initial=0) == _ABSENT:
            self._arrange(n)
        some = (key >= self.floor[flat]).nonzero()[0]
        counts[some] = self._search(flat[some], key[some], most)
        return counts.reshape(n.shape)

    def _inverse_wide(self, n: Counts, u: Floats) -> Counts:
        wide = n > self.narrow
        counts = np.where(wide, 0, n)
        counts = self._search(counts, counts + u, self.narrow) if not wide.all() else np.zeros(n.shape, np.int64)
        counts[wide] = _normal_binomial(n[wide], self.p, u[wide])
        return counts

    def _arrange(self, n: Counts) -> None:
        wanted = np.flatnonzero(np.bincount(n.ravel() // _ROWS)).tolist()
        for block in wanted:
            if block not in self.blocks:
                self.blocks[block] = _binomial_rows(self.p, block)
        present = sorted(self.blocks)
        shift = np.full((present[-1] + 1) * _ROWS, _ABSENT, np.int64)
        floor = np.zeros(shift.size)
        start = 0
        for block in present:
            rows, lowest = self.blocks[block]
            here = slice(block * _ROWS, (block + 1) * _ROWS)
            shift[here] = lowest - (start + np.arange(_ROWS) * rows.shape[1])
            floor[here] = np.where(lowest <= 0, rows[np.arange(_ROWS), np.maximum(-lowest, 0)], 0.0)
            start += rows.size
        self.floor = floor
        self.rows = np.concatenate([self.blocks[block][0].ravel() for block in present])
        self.shift = shift


@lru_cache(maxsize=2048)
def _table(p: float) -> _Binomial:
    return _Binomial(p)


def _binomial_rows(p: float, block: int) -> tuple[Floats, NDArray[np.int64]]:
    """For each n of a block n + F(k), from the smallest k worth a thought, and that k."""
    n = np.arange(block * _ROWS, (block + 1) * _ROWS, dtype=np.float64)[:, None]
    odds = p / (1.0 - p)
    mode = np.floor((n + 1.0) * p)
    reach = int(REACH * sqrt((block + 1) * _ROWS * p * (1.0 - p))) + 10
    k = mode + np.arange(1, reach + 1)
    above = np.cumprod(np.maximum(n - k + 1.0, 0.0) / k * odds, axis=1)
    k = mode - np.arange(reach)
    below = np.cumprod(np.maximum(k, 0.0) / ((n - k + 1.0) * odds), axis=1)[:, ::-1]
    cdf = np.cumsum(np.concatenate((below, np.ones_like(n), above), axis=1), axis=1)
    cdf /= cdf[:, -1:]
    cdf[:, -1] = 1.0
    cdf += n
    return cdf, (mode[:, 0] - reach).astype(np.int64)


_STEP = 1.0 / 256
_DEVIATES = np.arange(-8.5, 8.5 + _STEP / 2, _STEP)
_NORMAL = np.array([0.5 * erfc(-z / sqrt(2.0)) for z in _DEVIATES.tolist()])


def _normal_binomial(n: Counts, p: float, u: Floats) -> Counts:
    at = np.clip(_NORMAL.searchsorted(u, side="right"), 1, _NORMAL.size - 1)
    left = _NORMAL[at - 1]
    z = _DEVIATES[at - 1] + np.maximum(u - left, 0.0) / (_NORMAL[at] - left) * _STEP
    variance = n * (p * (1.0 - p))
    counts = n * p + z * np.sqrt(variance) + (z * z - 1.0) * ((1.0 - 2.0 * p) / 6.0)
    whole: Counts = np.clip(np.floor(counts + 0.5), 0, n).astype(np.int64)
    return whole
