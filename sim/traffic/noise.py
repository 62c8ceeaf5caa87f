"""Named streams of noise, made in blocks: a block holds the same values whenever and in whatever order it is read."""

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.traffic.quantiles import HIGHEST, LOWEST, Floats

BLOCK = 8192


def block_end(second: int) -> int:
    """Where the block of this second ends; no window that is counted in one go may cross it."""
    return (second // BLOCK + 1) * BLOCK


class Noise:
    """The streams of one seed up to a horizon; a stream that nobody reads is never made."""

    def __init__(self, seed: int, horizon_s: int) -> None:
        self._seed, self._horizon_s = seed, horizon_s
        self._blocks: dict[tuple[str, int], Floats] = {}
        self._shears: dict[tuple[int, int], _Shear] = {}
        self._shakes: dict[tuple[str, int], NDArray[np.int64]] = {}

    def uniforms(self, name: str, start: int, stop: int) -> Floats:
        """One number between 0 and 1 for each second of a window."""
        block = start // BLOCK
        made = self._blocks.get((name, block))
        if made is None:
            made = self._blocks[name, block] = _uniforms(self._seed, name, *self._bounds(block))
        return made[start - block * BLOCK : stop - block * BLOCK]

    def shakes(self, name: str, start: int, stop: int) -> NDArray[np.int64]:
        """One whole number in -32…32 for each second, of variance 16: the bits of a word, counted."""
        block = start // BLOCK
        made = self._shakes.get((name, block))
        if made is None:
            words = chance.raw(self._seed, name, *self._bounds(block))
            made = self._shakes[name, block] = np.bitwise_count(words).astype(np.int64) - 32
        return made[start - block * BLOCK : stop - block * BLOCK]

    def splits(self, slot: int, names: list[str], rows: slice, start: int, stop: int) -> Floats:
        """For some endpoints: [0] the noise that parts arrivals, [1] the noise that parts background errors."""
        block = start // BLOCK
        shear = self._shears.get((slot, block))
        if shear is None or len(shear.made) < len(names):
            shear = self._shears[slot, block] = _Shear(len(names), self._bounds(block))
        for row in range(rows.start, rows.stop):
            if not shear.made[row]:
                shear.fill(self._seed, row, f"{names[row]}/{slot}")
        return shear.values[:, rows, start - block * BLOCK : stop - block * BLOCK]

    def forget(self, before_s: int) -> None:
        """Drop the blocks that end before a second that stays settled."""
        keep = before_s // BLOCK
        if keep:
            self._blocks = {key: made for key, made in self._blocks.items() if key[1] >= keep}
            self._shakes = {key: made for key, made in self._shakes.items() if key[1] >= keep}
            self._shears = {key: made for key, made in self._shears.items() if key[1] >= keep}

    def _bounds(self, block: int) -> tuple[int, int]:
        return block * BLOCK, min((block + 1) * BLOCK, self._horizon_s)


def _uniforms(seed: int, name: str, start: int, stop: int) -> Floats:
    """Without the outermost billionth on either side."""
    drawn = chance.uniforms(seed, name, start, stop)
    return np.clip(drawn, LOWEST, HIGHEST, out=drawn)


class _Shear:
    """One block of the noise of one slot, for every endpoint."""

    def __init__(self, rows: int, bounds: tuple[int, int]) -> None:
        self.bounds = bounds
        self.values = np.empty((2, rows, bounds[1] - bounds[0]))
        self.made = [False] * rows

    def fill(self, seed: int, row: int, name: str) -> None:
        self.values[0, row] = _uniforms(seed, f"split/{name}", *self.bounds)
        self.values[1, row] = _uniforms(seed, f"split of background/{name}", *self.bounds)
        self.made[row] = True
