"""What a run has done to rows, as far as it decides whether rows of some kind can be there at all.

Such a question is put to tables in which everybody who may have written did, each prototype once, whoever it really
was: if none of them is of that kind, none of the run's rows is. Runs of the same events share the answer, and theirs
need not be made.
"""

from typing import TYPE_CHECKING

from sim.engine.pending import copies, statements
from sim.engine.relations import forbids, only_inserts, puts_alike, row_by_row
from sim.errors import NotModelled
from sim.tables.batch import numbered
from sim.traffic.choose import everybody

if TYPE_CHECKING:
    from sim.engine.assembly import Production
    from sim.engine.history import Writer
    from sim.tables.tables import Tables

Writers = dict[tuple[int, int, str | None], "Writer"]


class Past:
    """The events of one run: statements, and between them everybody who may have written."""

    def __init__(self, production: "Production") -> None:
        self._production = production
        self._events: list[str | Writers] = []
        self._plain = True

    def wrote(self, writers: "tuple[Writer, ...]") -> None:
        """Requests of these writers passed."""
        last = self._events[-1] if self._events else ""
        met: Writers = {} if isinstance(last, str) else last
        if met is not last:
            self._events.append(met)
        for writer in writers:
            self._plain = self._plain and not writer.judged.over_rows
            met[id(writer.judged), id(writer.folded), writer.error] = writer

    def ran(self, statement: str) -> None:
        """A statement took hold."""
        self._plain = self._plain and row_by_row(statement)
        self._events.append(statement)

    def turned_back(self) -> None:
        """Rows of another moment are there: nothing can be said of them without looking."""
        self._plain = False

    def surely_none(self, sql: str) -> bool:
        """Whether a query that forbids rows is true, whichever requests it were that passed; False: nobody can tell."""
        forbidden = forbids(sql)
        if not self._plain or forbidden is None or not self._alike(*forbidden):
            return False
        known = self._production.surely_none
        key = (sql, *(event if isinstance(event, str) else frozenset(event) for event in self._events))
        if key not in known:
            try:
                with self._production.tables() as tables:
                    self._make(tables)
                    known[key] = tables.holds(sql, 0)
            except NotModelled:
                known[key] = False
        return known[key]

    def _alike(self, table: str, columns: frozenset[str]) -> bool:
        """Whether every copy of a prototype leaves the same in these columns."""
        for relation in self._production.catalog.relations.values():
            for known in relation.fields if relation.name == table else ():
                if known.name in columns and (known.serial or "(" in (known.default or "")):
                    return False
        writers = [writer for event in self._events if not isinstance(event, str) for writer in event.values()]
        return all(
            only_inserts(sql) and puts_alike(sql, table, columns, frozenset(writer.judged.requests.fresh))
            for writer in writers
            for alike in writer.alike
            for sql in statements(writer.judged, alike.on, alike.upto)
        )

    def _make(self, tables: "Tables") -> None:
        for event in self._events:
            if isinstance(event, str):
                tables.run(event, 0)
                continue
            for writer in event.values():
                for one in writer.alike:
                    fresh = {name: numbered(1, len(one.prototypes)) for name in writer.judged.requests.fresh}
                    nought = everybody(len(one.prototypes)) * 0
                    batch = copies(writer.judged, one.on, one.prototypes, nought, fresh)
                    tables.append(statements(writer.judged, one.on, one.upto), batch)
