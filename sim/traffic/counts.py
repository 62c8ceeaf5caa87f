"""Arrivals, who served them, and why they failed.

Arrivals of an endpoint are Poisson; a background error befalls each with one probability, whoever serves it. What is
left is parted among the servings, one after another, by conditional binomials, and thinned in each serving into the
causes of its mix: first what fails before a statement, then what the database refuses, each in the order of the mix.
Every count has a noise stream of its own, so a changed share moves its own count, and those drawn after it from what
it left over, but draws nothing anew.

What the database refuses it refuses when it is asked. Requests that wait for a lock or a connection are thinned of such
causes when they are let go, by the mix that holds then.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.traffic.ledger import REFUSED, Ledger, Place, widened
from sim.traffic.noise import Noise, block_end
from sim.traffic.plan import Cell, Endpoints, Group, Plan
from sim.traffic.quantiles import Counts, binomial, poisson
from sim.traffic.values import Mix

Span = tuple[int, int, Plan]
LOOK_AHEAD_S = 512


class Arrivals:
    """[0] requests that meet no background error, [1] those that do, by row and second; kept while rates stay."""

    def __init__(self, endpoints: Endpoints, noise: Noise, horizon_s: int) -> None:
        self._endpoints, self._noise, self._horizon_s = endpoints, noise, horizon_s
        self._known: dict[int, tuple[float, float, int, int]] = {}
        self.table = np.zeros((2, 0, horizon_s), np.int32)

    def count(self, spans: list[Span]) -> None:
        """Make sure of the arrivals of these spans, and of some more where rates hold on."""
        if self.table.shape[1] < len(self._endpoints.names):
            self.table = widened(self.table, len(self._endpoints.names), self._horizon_s)
        first = 0
        while first < len(spans):
            start, stop, plan = spans[first]
            first += 1
            while first < len(spans) and spans[first][2].rates == plan.rates:
                stop = spans[first][1]
                first += 1
            for row, rps, share in plan.rates:
                self._count_row(row, rps, share, start, stop, last=first == len(spans))

    def _count_row(self, row: int, rps: float, share: float, start: int, stop: int, *, last: bool) -> None:
        known_rps, known_share, begin, end = self._known.get(row, (0.0, 0.0, start, -1))
        if rps == known_rps and share == known_share and begin <= start <= end:
            if stop <= end:
                return
            start = end
        else:
            begin = start
        if last:
            stop = min(max(stop, start + LOOK_AHEAD_S), block_end(start), self._horizon_s)
        name = self._endpoints.names[row]
        counts = poisson(rps, self._noise.uniforms(f"arrivals/{name}", start, stop))
        if share:
            failed = binomial(counts, share, 1.0, self._noise.uniforms(f"background/{name}", start, stop))
            self.table[0, row, start:stop] = counts - failed
            self.table[1, row, start:stop] = failed
        else:
            self.table[0, row, start:stop] = counts
            self.table[1, row, start:stop] = 0
        self._known[row] = (rps, share, begin, stop)


def part(group: Group, arrivals: NDArray[np.int32], ledger: Ledger, noise: Noise, window: tuple[int, int]) -> None:
    """Divide the arrivals of a group among its servings."""
    rows, (start, stop) = group.rows, window
    left: Counts = arrivals[:, rows, start:stop]
    whole = sum(group.weights)
    for slot, (weight, key) in enumerate(zip(group.weights, group.keys, strict=True)):
        if weight == whole:
            ledger.arrivals(key)[:, rows, start:stop] = left
            return
        if weight:
            mine = binomial(left, weight, whole, noise.splits(slot, ledger.endpoints.names, rows, start, stop))
            ledger.arrivals(key)[:, rows, start:stop] = mine
            left = left - mine
            whole -= weight


@dataclass
class Job:
    """One cell over a stretch in which its version and its mix stay; `left` has not failed of any cause."""

    cell: Cell
    start: int
    stop: int
    left: Counts = field(init=False)
    refused: dict[str, Counts] = field(default_factory=dict)

    def thin(self, ledger: Ledger, noise: Noise) -> None:
        """Take the causes out, one after another; while a lock is in the way nobody asks the database."""
        row, slot, key, mix = self.cell[:4]
        endpoint = ledger.endpoints.names[row]
        self.left = ledger.arrivals(key)[0, row, self.start : self.stop]
        whole = mix.of
        for error, prototypes in mix.early_failing if self.cell.stalled else mix.early_failing + mix.late_failing:
            if prototypes:
                u = noise.uniforms(f"cause/{endpoint}/{slot}/{error}", self.start, self.stop)
                failed = binomial(self.left, prototypes, whole, u)
                ledger.error(row, key, error)[self.start : self.stop] = failed
                self.left = self.left - failed
                whole -= prototypes
                if error in mix.late:
                    self.refused[error] = failed

    def asking(self, start: int, stop: int) -> list[int]:
        """How many get as far as a statement, in each second."""
        window = slice(start - self.start, stop - self.start)
        counts: list[int] = sum((failed[window] for failed in self.refused.values()), self.left[window]).tolist()
        return counts

    def wait(self, second: int, count: int, ledger: Ledger) -> None:
        """Some who would ask wait instead; as near as whole numbers allow, each outcome gives up a like part."""
        if not self.left.flags.owndata:
            self.left = self.left.copy()
        at = second - self.start
        asking = int(self.left[at]) + sum(int(failed[at]) for failed in self.refused.values())
        for error, failed in self.refused.items():
            if refused := int(failed[at]):
                back = (2 * count * refused + asking) // (2 * asking)
                failed[at] -= back
                ledger.error(self.cell.row, self.cell.key, error)[second] -= back
                count, asking = count - back, asking - refused
        self.left[at] -= count


def answer(second: int, count: int, mix: Mix, place: Place, noise: Noise, ledger: Ledger, nth: int) -> None:
    """Of so many who are let go, the database refuses some, by a mix that none of them fails before it is asked."""
    (row, (label, number)), left = place, np.array([count])
    whole = mix.of - sum(prototypes for _, prototypes in mix.early_failing)
    for error, prototypes in mix.late_failing:
        if prototypes:
            name = f"late/{ledger.endpoints.names[row]}/{label}/{number}/{nth}/{error}"
            failed = binomial(left, prototypes, whole, noise.uniforms(name, second, second + 1))
            ledger.error(row, place[1], error)[second] += failed[0]
            ledger.event(REFUSED, row, place[1])[second] += failed[0]
            left, whole = left - failed, whole - prototypes
