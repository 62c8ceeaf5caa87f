"""Tables in the making: deeds carried out one after the other, from clock zero on."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sim.clock import SECOND
from sim.engine.history import Brought, Deed, Kept, Passed, PutBack, Ran, Tried, Writer
from sim.engine.pending import Pending, committing
from sim.scenario.model import Scenario
from sim.tables.batch import whole
from sim.tables.tables import Check, Tables
from sim.traffic.choose import Numbers, choose, serials, tried


class CountsRequests(Protocol):
    """The traffic, as this room sees it."""

    def passed(self, endpoint: str | None, start: int, stop: int, label: str | None = None) -> Numbers: ...
    def failed(
        self, endpoint: str | None, start: int, stop: int, label: str | None = None, error: str | None = None
    ) -> Numbers: ...


class Making:
    """The tables after some deeds, and what their next rows depend on: keys given out, requests passed."""

    def __init__(self, tables: Tables, scenario: Scenario, seed: int, traffic: Callable[[], CountsRequests]) -> None:
        self.tables, self.done = tables, 0
        self._scenario, self._seed, self._traffic = scenario, seed, traffic
        self._passed: dict[tuple[str, ...], int] = {}
        self._fresh: dict[str, int] = {}
        self._keys_then: dict[str, dict[str, int]] = {}
        self._pending = Pending()

    def added(self) -> dict[str, int]:
        """How many rows users have put into each table."""
        return {table: max(0, count) for table, count in self._fresh.items()}

    def carry_out(self, deeds: Sequence[Deed]) -> None:
        """Whatever of these is not done yet."""
        for deed in deeds[self.done :]:
            self.do(deed)
        self._pending.flush(self.tables)

    def do(self, deed: Deed, check: Check | None = None) -> int:
        """One more; the answer is how many rows an operator's deed changed."""
        rows = self._do(deed, check)
        self.done += 1
        return rows

    def _do(self, deed: Deed, check: Check | None) -> int:
        match deed:
            case Passed(writers=writers, start=start, stop=stop):
                self._put(writers, [self._count(writer, start, stop) for writer in writers], start)
                return 0
            case Tried():
                self._put_items(deed)
                return 0
            case Ran(statement=statement, at_ms=at_ms, by_hand=by_hand):
                self._pending.flush(self.tables)
                return self.tables.run(statement, at_ms, check=check, by_hand=by_hand)
            case Kept():
                self._pending.flush(self.tables)
                self._keep(deed)
                return 0
            case PutBack(copy=copy, tables=tables, at_ms=at_ms):
                self._pending.flush(self.tables)
                keys = self._keys_then[copy]
                self._fresh.update({table: keys.get(table, 0) for table in tables or {*self._fresh, *keys}})
                return self.tables.put_back(copy, tables, at_ms)
            case Brought(copy=copy, beside=beside):
                return self.tables.bring(copy, beside)

    def _keep(self, kept: Kept) -> None:
        """A copy; the sequences behind fresh keys are part of it."""
        self._keys_then[kept.copy] = dict(self._fresh) | {table: -fewer for table, fewer in kept.fewer.items()}
        self.tables.keep(kept.copy, kept.fewer, kept.points)

    def _count(self, writer: Writer, start: int, stop: int) -> Numbers:
        traffic = self._traffic()
        if writer.error is not None:
            return traffic.failed(writer.name, start, stop, label=writer.version, error=writer.error)
        return traffic.passed(writer.name, start, stop, label=writer.version)

    def _put_items(self, items: Tried) -> None:
        """Rows of what items did, with fresh keys in the order in which they were tried."""
        judged = items.judged
        for chosen in tried(items.folded.fates, items.prototypes, items.at_ms // SECOND, committing(judged)):
            extra = {
                attribute: whole(chosen.places + self._next_key(table))
                for attribute, table in judged.requests.fresh.items()
            }
            self._pending.add(self.tables, judged, chosen, extra)
        for table in dict.fromkeys(judged.requests.fresh.values()):
            self._fresh[table] = self._fresh.get(table, 0) + len(items.prototypes)

    def _next_key(self, table: str) -> int:
        return self._scenario.database.tables[table].rows + 1 + self._fresh.get(table, 0)

    def _put(self, writers: Sequence[Writer], passed: list[Numbers], start: int) -> None:
        """Rows of so many requests of each writer, with fresh keys in the order of time."""
        keys: dict[tuple[int, str], Numbers] = {}
        for table in sorted({table for writer in writers for table in writer.judged.requests.fresh.values()}):
            mine = [at for at, writer in enumerate(writers) if table in writer.judged.requests.fresh.values()]
            first = self._next_key(table)
            for at, numbers in zip(mine, serials([passed[at] for at in mine]), strict=True):
                keys[at, table] = numbers + first
            self._fresh[table] = self._fresh.get(table, 0) + sum(int(passed[at].sum()) for at in mine)
        for at, writer in enumerate(writers):
            name = (writer.name, writer.version, *([writer.error] if writer.error is not None else []))
            first, evenly = self._passed.get(name, 0), bool(writer.columns)
            for chosen in choose(writer.alike, self._seed, "/".join(name), first, passed[at], start, evenly=evenly):
                extra = {attribute: column.at(chosen.prototypes) for attribute, column in writer.columns.items()}
                for attribute, table in writer.judged.requests.fresh.items():
                    extra[attribute] = whole(keys[at, table][chosen.places])
                if chosen.upto != 0:
                    self._pending.add(self.tables, writer.judged, chosen, extra)
            self._passed[name] = first + int(passed[at].sum())
