"""A list that was picked and put in order, held against the one of the key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

FULL = 100.0


@dataclass(frozen=True)
class Item:
    """Something that could be picked: its place in the key's order (None: it does not belong), and what is said of it.

    `because` is shown with the answer.
    """

    says: str
    rank: int | None
    because: str = ""


@dataclass(frozen=True)
class Remark:
    """What became of one item: `place` is where it was put, counted from 1."""

    name: str
    says: str
    place: int | None
    rank: int | None
    word: str
    because: str

    @property
    def right(self) -> bool:
        return (self.place is None) == (self.rank is None)


@dataclass(frozen=True)
class Ordering:
    """How well items were picked (precision, recall) and ordered (share of pairs that stand as in the key).

    With fewer than two right picks there is no order to speak of, and `agreement` is None.
    """

    precision: float
    recall: float
    agreement: float | None
    remarks: tuple[Remark, ...]

    @property
    def score(self) -> float:
        """The harmonic mean of precision and recall, from 0 to 100; an order that is upside down halves it."""
        both = self.precision + self.recall
        picked = 2 * self.precision * self.recall / both if both else 0.0
        order = 1.0 if self.agreement is None else self.agreement
        return round(FULL * picked * (1 + order) / 2, 1)

    def as_json(self) -> dict[str, Any]:
        return {
            "score": self.score, "precision": round(self.precision, 3), "recall": round(self.recall, 3),
            "agreement": None if self.agreement is None else round(self.agreement, 3),
            "items": [
                {
                    "name": one.name, "says": one.says, "place": one.place, "rank": one.rank, "right": one.right,
                    "word": one.word, "because": one.because,
                }
                for one in self.remarks
            ],
        }  # fmt: skip


def ordering(picked: Sequence[str], items: Mapping[str, Item]) -> Ordering:
    """Judge a list of names, the weightiest first; what was picked comes first in the remarks, then what was not."""
    right = [name for name in picked if items[name].rank is not None]
    wanted = [name for name, item in items.items() if item.rank is not None]
    places = {name: place for place, name in enumerate(picked, start=1)}
    rest = sorted((name for name in items if name not in places), key=lambda name: items[name].rank or len(items) + 1)
    return Ordering(
        precision=len(right) / len(picked) if picked else 0.0,
        recall=len(right) / len(wanted) if wanted else 1.0,
        agreement=_agreement([items[name].rank or 0 for name in right]),
        remarks=tuple(_remark(name, places.get(name), items[name]) for name in (*picked, *rest)),
    )


def _agreement(ranks: Sequence[int]) -> float | None:
    """The share of pairs that stand in the order of their ranks; equal ranks may stand in any."""
    pairs = [(first, second) for first, second in combinations(ranks, 2) if first != second]
    return sum(first < second for first, second in pairs) / len(pairs) if pairs else None


def _remark(name: str, place: int | None, item: Item) -> Remark:
    return Remark(name, item.says, place, item.rank, _word(place, item.rank), item.because)


def _word(place: int | None, rank: int | None) -> str:
    if place is None:
        return "rightly left out" if rank is None else f"left out, and it is number {rank}"
    if rank is None:
        return "does not belong here"
    return f"right, number {rank}" if place == rank else f"right, but number {rank} and not {place}"
