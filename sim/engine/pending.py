"""Requests on their way into the tables: those that only insert wait for their like, so that one batch carries many."""

from collections.abc import Mapping

from sim.clock import SECOND
from sim.engine.mixes import Judged
from sim.engine.relations import only_inserts, writes
from sim.tables.batch import Batch, dictionary, requests
from sim.tables.columns import Column
from sim.tables.tables import Tables
from sim.traffic.choose import Chosen, Numbers, gathered, joined, take

Fresh = Mapping[str, Numbers]


class Pending:
    """What is to be appended, by who wrote it. A batch that changes rows is carried out at once, after all before it."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, frozenset[str]], tuple[Judged, list[Chosen], list[Fresh]]] = {}

    def add(self, tables: Tables, judged: Judged, chosen: Chosen, fresh: Fresh) -> None:
        """Some requests of one combination of flags; `fresh` has the keys they were given."""
        keys = {name: numbers[chosen.places] for name, numbers in fresh.items()}
        statements = _statements(judged, chosen.on)
        if all(only_inserts(sql) for sql in statements):
            _, all_chosen, all_keys = self._waiting.setdefault((id(judged), chosen.on), (judged, [], []))
            all_chosen.append(chosen)
            all_keys.append(keys)
            return
        self.flush(tables)
        tables.append(statements, _batch(judged, chosen, keys))

    def flush(self, tables: Tables) -> None:
        """Append whatever waits."""
        waiting, self._waiting = self._waiting, {}
        for judged, chosen, keys in waiting.values():
            together = gathered(chosen)
            fresh = {name: joined([one[name] for one in keys]) for name in keys[0]}
            tables.append(_statements(judged, together.on), _batch(judged, together, fresh))


def _statements(judged: Judged, on: frozenset[str]) -> list[str]:
    """The statements that leave rows behind, in the order of the steps."""
    return [line.sql for line in judged.programs[on].lines if line.sql and writes(line.sql)]


def _batch(judged: Judged, chosen: Chosen, fresh: Fresh) -> Batch:
    trial, population = judged.trials[chosen.on], judged.requests.answer(chosen.on).population
    extra = {
        name: dictionary(distinct, take(index, chosen.prototypes), "text")
        for name, (distinct, index) in trial.values.items()
    }
    extra |= {name: Column(keys, "whole", "bigint") for name, keys in fresh.items()}
    return requests(population, chosen.prototypes, chosen.seconds * SECOND, extra)
