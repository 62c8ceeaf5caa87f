"""The tables as they are at clock zero: filled once, in a process that each run works on a fork of."""

import json
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np

from sim.clock import Jumps
from sim.tables.child import Child, ChildLostError, Fork
from sim.tables.fill import Fills
from sim.tables.wire import Message, coded

CHUNK = 250_000
CHANGE_SECONDS = 60.0


class Filled:
    """A scenario's tables before anything happened. `starts` is clock zero on the wall, as the scenario writes it.

    At `jumps` the calendar goes ahead of the clock; `statements` are of the migrations that its release brought.
    """

    def __init__(
        self,
        fills: Fills,
        starts: str,
        facts: str | None = None,
        statements: Sequence[str] = (),
        jumps: Jumps = (),
    ) -> None:
        self._fills, self._facts, self._statements, self._jumps = fills, facts, tuple(statements), jumps
        self._starts_us = int(datetime.fromisoformat(starts).replace(tzinfo=UTC).timestamp()) * 1_000_000
        self._child: Child | None = None

    def fork(self) -> Fork:
        """A process that holds a copy; a lost original is filled again."""
        if self._child is not None:
            try:
                return self._child.fork(CHANGE_SECONDS)
            except ChildLostError:
                self.close()
        self._child = self._built()
        return self._child.fork(CHANGE_SECONDS)

    def close(self) -> None:
        """End the process and every fork of it; asking again fills another."""
        if self._child is not None:
            self._child.close()
        self._child = None

    def _built(self) -> Child:
        child = Child()
        weakref.finalize(self, child.close)
        try:
            for message in self._messages():
                child.ask(message, CHANGE_SECONDS)
        except BaseException:
            child.close()
            raise
        return child

    def _messages(self) -> Iterator[Message]:
        ddls = {name: table.ddl for name, table in self._fills.tables.items()}
        yield Message(
            {"ask": "create", "starts_us": self._starts_us, "jumps": self._jumps, "ddls": ddls, "facts": self._facts}
        )
        for name in self._fills.tables:
            count = self._fills.count(name)
            for first in range(0, count, CHUNK):
                rows = np.arange(first, min(first + CHUNK, count), dtype=np.int64)
                blobs: list[bytes] = []
                columns = coded(self._fills.columns(name, rows), blobs)
                yield Message({"ask": "fill", "table": name, "columns": columns}, tuple(blobs))
            yield Message({"ask": "finish", "table": name, "expressions": list(self._fills.expressions(name))})
        for sql in self._statements:
            yield Message({"ask": "run", "sql": sql, "at_ms": 0, "by_hand": True})


_KEPT: dict[str, Filled] = {}
_MOST = 3


def kept(fills: Fills, starts: str, facts: str | None, statements: Sequence[str], jumps: Jumps) -> Filled:
    """Filled tables that whoever fills the same ones shares, scenario or copy of it; the oldest give way."""
    told = [starts, facts, list(statements), jumps, {name: repr(table) for name, table in fills.tables.items()}]
    key = sha256(json.dumps(told).encode()).hexdigest()
    if key not in _KEPT:
        if len(_KEPT) == _MOST:
            _KEPT.pop(next(iter(_KEPT))).close()
        _KEPT[key] = Filled(fills, starts, facts, statements, jumps)
    return _KEPT[key]
