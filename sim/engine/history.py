"""What was done to the rows, in order and to the second: enough to build the tables as they were at any moment.

Nothing here holds rows. A stretch of requests is who wrote and from when to when; it can be cut at any second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sim.clock import SECOND
from sim.engine.mixes import Columns, Judged
from sim.engine.pending import committing
from sim.judge.values import Lineage
from sim.tables.schema import Catalog
from sim.traffic.choose import Alike, failing, passing
from sim.traffic.fold import Folded


@dataclass(frozen=True)
class Writer:
    """An endpoint under one version while nothing changes, and its prototypes that leave something behind.

    They are those that pass or, if an `error` is named, those that fail with it.
    """

    name: str
    version: str
    judged: Judged
    folded: Folded
    columns: Columns
    error: str | None = None

    @cached_property
    def alike(self) -> list[Alike]:
        """Its prototypes, by what they leave behind."""
        if self.error is None:
            return passing(self.folded)
        return failing(self.folded.fates, self.error, committing(self.judged))


@dataclass(frozen=True)
class Passed:
    """Requests passed under these writers, from one second up to another."""

    writers: tuple[Writer, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Tried:
    """Items of a job were tried at once, in this order."""

    judged: Judged
    folded: Folded
    prototypes: tuple[int, ...]
    at_ms: int


@dataclass(frozen=True)
class Ran:
    """A statement was carried out; `by_hand` is an operator's, of which more is counted."""

    statement: str
    at_ms: int
    by_hand: bool = True


@dataclass(frozen=True)
class Kept:
    """A copy of all tables was put aside; `fewer` is how many of the newest rows of each are not in it yet.

    Nor are rows that `point` at those: (table, column, table it points at).
    """

    copy: str
    at_ms: int
    fewer: Mapping[str, int] = field(default_factory=dict)
    points: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class PutBack:
    """A copy took the place of these tables, or of everything where none is named."""

    copy: str
    tables: tuple[str, ...]
    at_ms: int


@dataclass(frozen=True)
class Brought:
    """Rows of a copy were put into tables that stand beside: name in the copy → name beside."""

    copy: str
    beside: Mapping[str, str]
    at_ms: int


Deed = Passed | Tried | Ran | Kept | PutBack | Brought


@dataclass(frozen=True)
class Era:
    """The schema from a moment on, and what counts as applied."""

    at_ms: int
    lineage: Lineage
    catalog: Catalog
    schema: tuple[tuple[tuple[str, ...], bool], ...]
    migrations: Mapping[str, str]


class History:
    """The deeds of one run, and the eras of its schema."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self._eras: list[Era] = []

    def passed(self, stretch: Passed, *, done: int) -> None:
        """Requests passed; where the same writers go on, and the stretch before is not carried out yet, it is one."""
        last = self.deeds[-1] if len(self.deeds) > done else None
        if isinstance(last, Passed) and last.writers is stretch.writers and last.stop == stretch.start:
            self.deeds[-1] = replace(last, stop=stretch.stop)
        else:
            self.deeds.append(stretch)

    def note(self, era: Era) -> None:
        """From now on the schema is this."""
        self._eras.append(era)

    def era(self, at_ms: int) -> Era:
        """The schema as it was at a moment; before clock zero it is that of clock zero."""
        return next((era for era in reversed(self._eras) if era.at_ms <= at_ms), self._eras[0])

    def until(self, at_ms: int) -> tuple[Deed, ...]:
        """What had been done by a moment: statements up to it, and requests of the second that had begun."""
        return tuple(_cut(self.deeds, at_ms))

    def keep(self, kept: Kept) -> int | None:
        """Have a copy put aside at its moment, however long ago; the place of this deed, None if it is there."""
        if any(isinstance(deed, Kept) and deed.copy == kept.copy for deed in self.deeds):
            return None
        before = self.until(kept.at_ms) if kept.at_ms >= 0 else ()
        rest = self.deeds[len(before) :]
        if before and before[-1] != self.deeds[len(before) - 1]:
            whole = self.deeds[len(before) - 1]
            if isinstance(whole, Passed) and isinstance(before[-1], Passed):
                rest.insert(0, replace(whole, start=before[-1].stop))
        self.deeds = [*before, kept, *rest]
        return len(before)


def _cut(deeds: list[Deed], at_ms: int) -> Iterator[Deed]:
    second = at_ms // SECOND + 1
    for deed in deeds:
        match deed:
            case Passed(start=start, stop=stop) if start < second < stop:
                yield replace(deed, stop=second)
                return
            case Passed(start=start) if start >= second:
                return
            case Tried() | Ran() | Kept() | PutBack() | Brought() if deed.at_ms > at_ms:
                return
        yield deed
