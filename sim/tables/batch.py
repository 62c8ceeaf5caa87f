"""A batch of requests: when each came, and every attribute's value, as coded columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sim.population import Population
from sim.tables.columns import Column, Numbers, coded


@dataclass(frozen=True, eq=False)
class Batch:
    """`at_ms[i]` is the moment of request i since clock zero, `columns[name]` what `$name` is in each."""

    at_ms: Numbers
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        if any(len(column) != len(self.at_ms) for column in self.columns.values()):
            raise ValueError("every column of a batch is as long as the batch")

    def __len__(self) -> int:
        return len(self.at_ms)


def requests(
    population: Population, prototypes: Numbers, at_ms: Numbers, extra: Mapping[str, Column] | None = None
) -> Batch:
    """Requests that are copies of prototypes; `extra` columns (fresh keys, computed values) go before theirs."""
    columns = {name: column.at(prototypes) for name, column in _coded(population).items() if name not in (extra or {})}
    return Batch(at_ms, {**columns, **(extra or {})})


@lru_cache(maxsize=64)
def _coded(population: Population) -> Mapping[str, Column]:
    return {name: coded(values, population.kinds[name]) for name, values in population.columns.items()}


def numbered(first: int, count: int) -> Column:
    """Fresh keys: one higher each time."""
    import numpy as np

    return Column(first + np.arange(count, dtype=np.int64), "whole", "bigint")


def whole(numbers: Numbers) -> Column:
    """A column of whole numbers."""
    return Column(numbers, "whole", "bigint")


def joined(columns: Sequence[Column]) -> Column:
    """Columns of one form, one after the other."""
    import numpy as np

    first = columns[0]
    if len({column.words for column in columns}) == 1:
        return replace(first, numbers=np.concatenate([column.numbers for column in columns]))
    words = tuple(word for column in columns for word in column.words)
    starts = np.cumsum([0, *(len(column.words) for column in columns[:-1])])
    numbers = [column.numbers + start for column, start in zip(columns, starts, strict=True)]
    return replace(first, numbers=np.concatenate(numbers), words=words)


def dictionary(distinct: tuple[str | None, ...], index: Numbers, kind: str) -> Column:
    """A column from distinct texts and the place of each request's."""
    return Column(index, "word", kind, words=distinct)
