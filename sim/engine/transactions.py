"""One transaction: wait for the locks, be judged, take the time it takes, and take hold or not."""

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.engine.constraints import looked_up_by, plain
from sim.engine.costs import statement_ms
from sim.engine.relations import rereads
from sim.facts import LockQueued, LocksFreed, LockTaken, RowsChanged, SchemaChanged, StatementRan
from sim.judge.values import Lineage, ScriptVerdict, StatementVerdict
from sim.locks import waits_for
from sim.world import JOB_SESSION

if TYPE_CHECKING:
    from sim.engine.engine import Engine

LOCK_TIMEOUT = "55P03"
NOT_MODELLED = "not modelled"
DATA = {"INSERT", "UPDATE", "DELETE"}
_READS = ("SHOW", "SELECT", "EXPLAIN", "VALUES", "TABLE")
_LATER = re.compile(
    r"add\s+column|(set|drop)\s+(default|not\s+null)|(add|drop|validate)\s+constraint|add\s+(check|unique|foreign|primary)",
    re.IGNORECASE,
)
_TAKES_AWAY = re.compile(r"\b(drop\s+column|rename|type|attach|detach|inherit|trigger|rule|security)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """Statements that run together, or one alone; `patience_ms` is the lock timeout, None or 0 for ever."""

    statements: tuple[str, ...]
    together: bool
    patience_ms: int | None


def run_part(engine: "Engine", session: str, part: Part) -> Generator[Any, Any, str | None]:
    """The answer is the SQLSTATE that stopped it; whenever the schema has become another, it is judged anew."""
    judged = _judged(engine, part)
    verdict = judged[1]
    spent: list[int] = []
    while len(spent) < len(verdict.statements):
        began, at = engine.now_ms, len(spent)
        waited = yield from take_all(engine, session, verdict.statements[at].locks, part.patience_ms)
        if waited is None:
            message = "canceling statement due to lock timeout"
            _tell(engine, session, verdict.statements[at], LOCK_TIMEOUT, message, engine.now_ms - began)
            return LOCK_TIMEOUT
        judged = _judged(engine, part, None if waited else judged)
        spent.append(_cost(engine, _nth(judged[1], at)))
        yield engine.env.timeout(spent[-1])
        judged = _judged(engine, part, judged)
        verdict = judged[1]
        one = _nth(verdict, at)
        if one.sqlstate is not None:
            _tell(engine, session, one, one.sqlstate, one.message, spent[-1])
            engine.lineage = verdict.after
            return one.sqlstate
    _take_hold(engine, session, verdict, spent, together=part.together)
    return None


def _judged(
    engine: "Engine", part: Part, before: tuple[Lineage, ScriptVerdict] | None = None
) -> tuple[Lineage, ScriptVerdict]:
    """The verdict on today's schema: the one there was, unless somebody has changed the schema or rows since."""
    if before is not None and before[0].key == engine.lineage.key:
        return before
    return engine.lineage, engine.judge_script(part.statements, transaction=part.together)


def _nth(verdict: ScriptVerdict, at: int) -> StatementVerdict:
    """The verdict on a statement, or on the one before it that is refused now."""
    return verdict.statements[min(at, len(verdict.statements) - 1)]


def free_locks(engine: "Engine", session: str) -> None:
    """End a session's transaction: its locks are free, and whoever can go on now does."""
    if any(lock.session == session for lock in engine.world.locks):
        engine.become(LocksFreed(session=session))
        engine.wake_waiting()


def _tell(engine: "Engine", session: str, one: StatementVerdict, sqlstate: str, message: str, took_ms: int) -> None:
    ran = StatementRan(session=session, statement=one.statement, sqlstate=sqlstate, message=message, took_ms=took_ms)
    engine.become(ran)


def take_all(
    engine: "Engine", session: str, locks: tuple[tuple[str, str], ...], patience_ms: int | None
) -> Generator[Any, Any, bool | None]:
    """Take locks one after the other. True: had to wait. None: patience ran out."""
    had_to_wait = False
    for table, mode in locks:
        waited = yield from _take(engine, session, table, mode, patience_ms)
        if waited is None:
            return None
        had_to_wait = had_to_wait or waited
    return had_to_wait


def _take(
    engine: "Engine", session: str, table: str, mode: str, patience_ms: int | None
) -> Generator[Any, Any, bool | None]:
    """Take a lock in the order of the queue."""
    mine = [lock for lock in engine.world.locks if lock.session == session and lock.held]
    if any((lock.table, lock.mode) == (table, mode) for lock in mine):
        return False
    if not waits_for(engine.world.locks, session, table, mode):
        engine.become(LockTaken(session=session, table=table, mode=mode))
        return False
    engine.become(LockQueued(session=session, table=table, mode=mode))
    granted = engine.waiting[session] = engine.env.event()
    try:
        if patience_ms:
            yield granted | engine.env.timeout(patience_ms)
        else:
            yield granted
    finally:
        del engine.waiting[session]
    return True if granted.triggered else None


def _cost(engine: "Engine", one: StatementVerdict) -> int:
    accepted = one.sqlstate is None
    changes = accepted and one.tag in DATA
    return statement_ms(
        tag=one.tag,
        rewrites=one.rewrites if accepted else (),
        scans=one.scans,
        indexes=one.builds_index if accepted else (),
        written=engine.rows.would_write(one.statement) if changes else 0,
        reread=reread(engine, one.statement) if changes else 0,
        rows=engine.rows.size,
    )


def reread(engine: "Engine", statement: str) -> int:
    """How many rows are read for each row that is written, for want of an index."""
    asked = rereads(statement)
    shapes = {plain(shape.name): shape for shape in engine.judge.shapes(engine.lineage)} if asked else {}
    return sum(
        engine.rows.size(table) for table, keys in asked if table in shapes and not looked_up_by(shapes[table], keys)
    )


def harmless(one: StatementVerdict) -> bool:
    """Whether a statement can neither take rows away nor change what stands in them, so that it may wait."""
    if one.tag in {"CREATE INDEX", "CREATE TABLE"}:
        return True
    plain = _LATER.search(one.statement) and not _TAKES_AWAY.search(one.statement)
    return one.tag == "ALTER TABLE" and not one.rewrites and bool(plain)


def _take_hold(engine: "Engine", session: str, verdict: ScriptVerdict, spent: list[int], *, together: bool) -> None:
    """Commit: rows change, the schema has one more member, and both become facts."""
    engine.settle_second()
    schema, rows = [], 0
    for at, (one, took_ms) in enumerate(zip(verdict.statements, spent, strict=True)):
        before = _before(engine.lineage, verdict.after, at) if together else engine.lineage
        by_hand = not session.startswith(JOB_SESSION)
        effect = engine.rows.run(one.statement, before, at_once=not harmless(one), by_hand=by_hand)
        engine.become(
            StatementRan(
                session=session, statement=one.statement, sqlstate=None, took_ms=took_ms, rows=effect.rows,
                lost=effect.lost, overwritten=effect.overwritten,
            )
        )  # fmt: skip
        if one.tag in DATA:
            rows += effect.rows
        elif not one.tag.startswith(_READS):
            schema.append(one.statement)
    if schema or rows:
        engine.lineage = verdict.after
    if schema:
        engine.become(SchemaChanged(statements=tuple(schema), transaction=together))
    elif rows:
        engine.become(RowsChanged(session=session))


def _before(lineage: Lineage, after: Lineage, at: int) -> Lineage:
    """The schema as a transaction's own statements have left it so far."""
    ran = after.applied[-1].ran[:at]
    return lineage.then(*ran) if ran else lineage
