"""A statement in batches: find the next rows by primary key, wait, write those that its WHERE still finds, pause."""

import re
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.engine.constraints import plain
from sim.engine.costs import statement_ms
from sim.engine.integrity import STATES
from sim.engine.relations import pieces
from sim.engine.scripts import CANCELLED, MESSAGES
from sim.engine.transactions import NOT_MODELLED, free_locks, reread, take_all
from sim.errors import NotModelled
from sim.facts import BackfillBegan, BackfillEnded, BatchRan, RowsChanged
from sim.judge.split import split
from sim.judge.values import ScriptVerdict

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Stopped = tuple[str, str] | None
MOST_BATCHES = 2_000
_KEY = re.compile(r'PRIMARY KEY \(("(?:[^"]|"")+"|[^\s,()"]+)\)')
_WHOLE = {"smallint", "integer", "bigint"}


def run_backfill(engine: "Engine", began: BackfillBegan) -> Generator[Any, Any, None]:
    """Go on from batch to batch until no row is left; what is done stays done, whatever stops it."""
    before = engine.rows.damage()
    stopped: Stopped = None
    try:
        stopped = yield from _Backfill(engine, began).run()
    except Interrupt as stop:
        sqlstate = stop.cause or CANCELLED
        stopped = (sqlstate, MESSAGES[sqlstate])
    except NotModelled as gap:
        stopped = (NOT_MODELLED, str(gap))
    free_locks(engine, began.session)
    after = engine.rows.damage()
    sqlstate, message = stopped or (None, "")
    engine.become(
        BackfillEnded(
            session=began.session, sqlstate=sqlstate, message=message, lost=max(0, after.lost - before.lost),
            overwritten=after.overwritten - before.overwritten,
        )
    )  # fmt: skip
    if engine.world.backfills[began.session].rows:
        engine.become(RowsChanged(session=began.session))


class _Backfill:
    """One statement on its way through a table, in the order of its primary key."""

    def __init__(self, engine: "Engine", began: BackfillBegan) -> None:
        statements = [text for text, _ in split(began.sql)]
        if len(statements) != 1:
            raise NotModelled("in batches runs one statement at a time: nothing was run")
        self._engine, self._began, self._sql = engine, began, statements[0]
        self._pieces = pieces(self._sql, lambda table: _key(engine, table))

    def run(self) -> Generator[Any, Any, Stopped]:
        """The answer is what stopped it, None when it went through."""
        engine, last = self._engine, self._began.after
        for _ in range(MOST_BATCHES):
            verdict = engine.judge_schema((self._sql,))
            if (stopped := _refusal(verdict, STATES)) is not None:
                return stopped
            upto, rows = self._next(last)
            if not rows:
                engine.lineage = verdict.after
                return None
            stopped = yield from self._batch(verdict, last, upto, rows)
            if stopped is not None:
                return stopped
            last = upto
            yield engine.env.timeout(self._began.pause_ms)
        raise NotModelled(f"more than {MOST_BATCHES} batches in one go are not modelled: go on with `after: {last}`")

    def _next(self, last: int) -> tuple[int, int]:
        """The last key of the batch that comes now, and its rows."""
        engine = self._engine
        engine.settle_rows()
        ((upto, rows),) = engine.rows.tables().rows(self._pieces.next(last, self._began.batch), engine.now_ms).rows
        return int(upto or last), int(rows or 0)

    def _batch(self, verdict: ScriptVerdict, last: int, upto: int, rows: int) -> Generator[Any, Any, Stopped]:
        """One transaction: its locks, its time, and the rows that its WHERE still finds at the end of it."""
        engine, session, piece = self._engine, self._began.session, self._pieces.within(last, upto)
        (one,) = verdict.statements[:1]
        if (yield from take_all(engine, session, one.locks, None)):
            verdict = engine.judge_schema((self._sql,))
        took_ms = statement_ms(
            tag=one.tag, rewrites=(), scans=(), indexes=(), written=rows, rows=engine.rows.size,
            reread=reread(engine, self._sql),
        )  # fmt: skip
        yield engine.env.timeout(took_ms)
        verdict = replace(
            verdict, statements=(replace(verdict.statements[0], statement=piece), *verdict.statements[1:])
        )
        stopped = _refusal(engine.judge_rows(verdict), frozenset())
        if stopped is None:
            engine.settle_second()
            first = engine.world.backfills[session].ran == 0
            written = engine.rows.run_batch(piece, engine.lineage, first=first)
            engine.become(BatchRan(session=session, rows=written, upto=upto, took_ms=took_ms))
        free_locks(engine, session)
        return stopped


def _refusal(verdict: ScriptVerdict, but: frozenset[str]) -> Stopped:
    """What PostgreSQL refuses it with, unless only the real rows can tell."""
    refused = verdict.refused
    if refused is None or refused.sqlstate in but:
        return None
    return str(refused.sqlstate), refused.message


def _key(engine: "Engine", table: str) -> str:
    """The primary key of a table, if batches can go along it."""
    for shape in engine.judge.shapes(engine.lineage):
        if plain(shape.name) == table:
            keys = [match for _, text, _ in shape.constraints if (match := _KEY.fullmatch(text))]
            whole = {plain(column.name) for column in shape.columns if column.type in _WHOLE}
            if keys and plain(keys[0][1]) in whole:
                return plain(keys[0][1])
            raise NotModelled(f"{table} has no primary key of one whole number to go along: nothing was run")
    raise NotModelled(f"there is no table {table!r}: nothing was run")
