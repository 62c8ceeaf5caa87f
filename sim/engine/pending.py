"""Requests on their way into the tables: those that only insert wait for their like, so that one batch carries many."""

from sim.clock import SECOND
from sim.engine.mixes import Columns, Judged
from sim.engine.relations import only_inserts, relations, writes
from sim.tables.batch import Batch, dictionary, joined, requests
from sim.tables.tables import Tables
from sim.traffic.choose import Chosen, Numbers, gathered, take

_Waiting = tuple[Judged, list[Chosen], list[Columns]]


class Pending:
    """What is to be appended, by who wrote it. A batch that changes rows is carried out at once, after all before."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, frozenset[str], int | None], _Waiting] = {}

    def add(self, tables: Tables, judged: Judged, chosen: Chosen, extra: Columns) -> None:
        """Some requests of one combination of flags; `extra` are attributes that are not their prototypes'."""
        written = statements(judged, chosen.on, chosen.upto)
        if all(only_inserts(sql) for sql in written):
            _, all_chosen, all_extra = self._waiting.setdefault((id(judged), chosen.on, chosen.upto), (judged, [], []))
            all_chosen.append(chosen)
            all_extra.append(extra)
            return
        self.flush(tables, {table for sql in written for table, _ in relations(sql)})
        tables.append(written, copies(judged, chosen.on, chosen.prototypes, chosen.seconds, extra))

    def flush(self, tables: Tables, touching: set[str] | None = None) -> None:
        """Append whatever waits, or whatever waits to be written to some of these tables."""
        for key, (judged, chosen, extra) in list(self._waiting.items()):
            if touching is not None and not _touches(judged, key[1], touching):
                continue
            del self._waiting[key]
            all_of = gathered(chosen)
            columns = {name: joined([one[name] for one in extra]) for name in extra[0]}
            batch = copies(judged, all_of.on, all_of.prototypes, all_of.seconds, columns)
            tables.append(statements(judged, all_of.on, all_of.upto), batch)


def _touches(judged: Judged, on: frozenset[str], tables: set[str]) -> bool:
    return any(table in tables for sql in statements(judged, on) for table, _ in relations(sql))


def statements(judged: Judged, on: frozenset[str], upto: int | None = None) -> list[str]:
    """The statements that leave rows behind, in the order of the steps; all of them, or those before a step."""
    return [line.sql for line in judged.programs[on].lines[:upto] if line.sql and writes(line.sql)]


def committing(judged: Judged) -> list[list[int]]:
    """For each combination of flags the numbers of the steps that commit, and after them the number of steps."""
    return [
        [*(place for place, line in enumerate(program.lines) if line.commit), len(program.lines)]
        for program in judged.programs.values()
    ]


def copies(judged: Judged, on: frozenset[str], prototypes: Numbers, seconds: Numbers, extra: Columns) -> Batch:
    """Requests that are copies of prototypes, with what was derived and set for them, and columns of their own."""
    population = judged.requests.answer(on).population
    values = judged.trials[on].values
    derived = {name: dictionary(words, take(index, prototypes), "text") for name, (words, index) in values.items()}
    return requests(population, prototypes, seconds * SECOND, {**derived, **extra})
