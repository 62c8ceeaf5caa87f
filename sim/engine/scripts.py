"""SQL on the primary: wait for the locks, be judged, take the time it takes, and take hold or not."""

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.clock import Millis, millis
from sim.engine.costs import statement_ms
from sim.errors import NotModelled
from sim.facts import (
    LockQueued,
    LocksFreed,
    LockTaken,
    MigrationEnded,
    SchemaChanged,
    ScriptEnded,
    ScriptSent,
    StatementRan,
)
from sim.judge.values import ScriptVerdict, StatementVerdict, script
from sim.locks import waits_for

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Waiting = Generator[Any, Any, str | None]
CANCELLED = "57014"
LOCK_TIMEOUT = "55P03"
NOT_MODELLED = "not modelled"
_LOCK_TIMEOUT = re.compile(
    r"set\s+(?:local\s+|session\s+)?lock_timeout\s*(?:=|to)\s*'?(\d+)\s*(ms|s|min|m)?'?\s*;?", re.IGNORECASE
)

_TAKES_AWAY = re.compile(
    r"\b(drop\s+(?!default|not\s+null|constraint)|rename|type|inherit|attach|detach)\b", re.IGNORECASE
)


def run_script(engine: "Engine", sent: ScriptSent) -> Waiting:
    """Run a script as one transaction or statement by statement; the answer is the SQLSTATE that stopped it."""
    sqlstate = None
    try:
        plan = script(sent.sql, transaction=sent.transaction, lock_timeout_ms=sent.lock_timeout_ms)
        groups = [plan.statements] if plan.transaction else [(one,) for one in plan.statements]
        patience = plan.lock_timeout_ms
        for group in groups:
            sqlstate = yield from _run_group(engine, sent.session, group, plan.transaction, patience)
            patience = next((found for one in group if (found := lock_timeout(one)) is not None), patience)
            free_locks(engine, sent.session)
            if sqlstate is not None:
                break
    except Interrupt:
        sqlstate = CANCELLED
        _tell(engine, sent.session, sent.sql, CANCELLED, "canceling statement due to user request")
    except NotModelled as gap:
        sqlstate = NOT_MODELLED
        _tell(engine, sent.session, sent.sql, NOT_MODELLED, str(gap))
    free_locks(engine, sent.session)
    engine.become(ScriptEnded(session=sent.session, sqlstate=sqlstate))
    if sent.migration is not None:
        engine.become(MigrationEnded(migration=sent.migration, direction=sent.direction, sqlstate=sqlstate))
    return sqlstate


def lock_timeout(statement: str) -> Millis | None:
    """The patience a SET statement asks for; bare numbers are milliseconds, and 0 waits for ever."""
    match = _LOCK_TIMEOUT.fullmatch(statement.strip())
    if match is None:
        return None
    return millis(match[1] + {"min": "m", None: "ms"}.get(match[2], match[2]))


def free_locks(engine: "Engine", session: str) -> None:
    """End a session's transaction: its locks are free, and whoever can go on now does."""
    if any(lock.session == session for lock in engine.world.locks):
        engine.become(LocksFreed(session=session))
        engine.wake_waiting()


def _tell(engine: "Engine", session: str, statement: str, sqlstate: str, message: str, took_ms: int = 0) -> None:
    engine.become(
        StatementRan(session=session, statement=statement, sqlstate=sqlstate, message=message, took_ms=took_ms)
    )


def _run_group(
    engine: "Engine", session: str, group: tuple[str, ...], transaction: bool, patience: int | None
) -> Waiting:
    began = engine.now_ms
    verdict = engine.judge_script(group, transaction=transaction)
    spent: list[int] = []
    while len(spent) < len(verdict.statements):
        one = verdict.statements[len(spent)]
        patience = found if (found := lock_timeout(one.statement)) is not None else patience
        for table, mode in one.locks:
            waited = yield from _take(engine, session, table, mode, patience)
            if waited is None:
                _tell(
                    engine,
                    session,
                    one.statement,
                    LOCK_TIMEOUT,
                    "canceling statement due to lock timeout",
                    engine.now_ms - began,
                )
                return LOCK_TIMEOUT
            if waited:
                verdict = engine.judge_script(group, transaction=transaction)
        spent.append(_cost(engine, one))
        yield engine.env.timeout(spent[-1])
        if one.sqlstate is not None:
            _tell(engine, session, one.statement, one.sqlstate, one.message, spent[-1])
            return one.sqlstate
    _take_hold(engine, session, verdict, spent, transaction)
    return None


def _take(
    engine: "Engine", session: str, table: str, mode: str, patience: int | None
) -> Generator[Any, Any, bool | None]:
    """Take a lock, in the order of the queue. True: had to wait. None: patience ran out."""
    if any(
        lock.session == session and lock.table == table and lock.mode == mode and lock.held
        for lock in engine.world.locks
    ):
        return False
    if not waits_for(engine.world.locks, session, table, mode):
        engine.become(LockTaken(session=session, table=table, mode=mode))
        return False
    engine.become(LockQueued(session=session, table=table, mode=mode))
    granted = engine.waiting[session] = engine.env.event()
    try:
        if patience:
            yield granted | engine.env.timeout(patience)
        else:
            yield granted
    finally:
        del engine.waiting[session]
    return True if granted.triggered else None


def _cost(engine: "Engine", one: StatementVerdict) -> int:
    if one.sqlstate is not None:
        return statement_ms(tag=one.tag, rewrites=(), scans=one.scans, indexes=(), written=0, rows=engine.rows.size)
    return statement_ms(
        tag=one.tag, rewrites=one.rewrites, scans=one.scans, indexes=one.builds_index,
        written=engine.rows.would_write(one.tag, one.statement), rows=engine.rows.size,
    )  # fmt: skip


def harmless(one: StatementVerdict) -> bool:
    """Whether a statement can neither take rows away nor change what stands in them."""
    if one.tag in {"SET", "CREATE INDEX", "CREATE TABLE", "CREATE VIEW", "CREATE FUNCTION", "CREATE TYPE"}:
        return True
    return one.tag == "ALTER TABLE" and not one.rewrites and not _TAKES_AWAY.search(one.statement)


def _take_hold(engine: "Engine", session: str, verdict: ScriptVerdict, spent: list[int], transaction: bool) -> None:
    """Commit: rows change, the schema has one more member, and both become facts."""
    engine.settle_second()
    changed = []
    for one, took_ms in zip(verdict.statements, spent, strict=True):
        effect = engine.rows.run(one.statement, at_once=not harmless(one))
        engine.become(
            StatementRan(
                session=session,
                statement=one.statement,
                sqlstate=None,
                took_ms=took_ms,
                rows=effect.rows,
                lost=effect.lost,
                overwritten=effect.overwritten,
            )
        )
        if not one.tag.startswith(("SET", "SHOW", "SELECT", "INSERT", "UPDATE", "DELETE")):
            changed.append(one.statement)
    if changed:
        engine.lineage = verdict.after
        engine.become(SchemaChanged(statements=tuple(changed), transaction=transaction))
