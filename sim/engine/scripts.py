"""SQL on the primary: a script in its parts, and what is told of it when it ends."""

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.clock import Millis, millis
from sim.engine.connections import TOO_MANY, shortage_of
from sim.engine.transactions import NOT_MODELLED, Part, free_locks, run_part
from sim.errors import NotModelled
from sim.facts import MigrationEnded, ScriptEnded, ScriptSent, StatementRan
from sim.judge.split import canonical, segments, words
from sim.judge.values import Script, script
from sim.world import JOB_SESSION

if TYPE_CHECKING:
    from sim.engine.engine import Engine

CANCELLED, TERMINATED = "57014", "57P01"
MESSAGES = {
    CANCELLED: "canceling statement due to user request",
    TERMINATED: "terminating connection due to administrator command",
    TOO_MANY: "sorry, too many clients already",
}
_LOCK_TIMEOUT = re.compile(r"set (?:local |session )?lock_timeout ?(?:=|to) ?'?(\d+) ?(ms|s|min|m)?'?", re.IGNORECASE)
_LEFT_OPEN = {"rollback", "abort", "savepoint", "release", "prepare"}


def run_script(engine: "Engine", sent: ScriptSent) -> Generator[Any, Any, str | None]:
    """Run a script part by part; the answer is the SQLSTATE that stopped it."""
    sqlstate = None
    try:
        _connect(engine, sent)
        for part in parts(sent):
            sqlstate = yield from run_part(engine, sent.session, part)
            free_locks(engine, sent.session)
            if sqlstate is not None:
                break
    except Interrupt as stop:
        sqlstate = stop.cause or CANCELLED
        _tell(engine, sent, sqlstate, MESSAGES[sqlstate])
    except NotModelled as gap:
        sqlstate = NOT_MODELLED
        _tell(engine, sent, NOT_MODELLED, str(gap))
    free_locks(engine, sent.session)
    engine.become(ScriptEnded(session=sent.session, sqlstate=sqlstate))
    if sent.migration is not None:
        engine.become(MigrationEnded(migration=sent.migration, direction=sent.direction, sqlstate=sqlstate))
    return sqlstate


def _connect(engine: "Engine", sent: ScriptSent) -> None:
    """A migration or a job is a client like others, and needs a connection; operators have some kept for them."""
    client = sent.migration is not None or sent.session.startswith(JOB_SESSION)
    if client and shortage_of(engine.world) is not None:
        raise Interrupt(TOO_MANY)


def _tell(engine: "Engine", sent: ScriptSent, sqlstate: str, message: str) -> None:
    engine.become(StatementRan(session=sent.session, statement=sent.sql, sqlstate=sqlstate, message=message))


def parts(sent: ScriptSent) -> list[Part]:
    """What runs together, and with how much patience; what is not modelled is said before anything runs."""
    plan = script(sent.sql, transaction=sent.transaction, lock_timeout_ms=sent.lock_timeout_ms)
    _refuse_what_is_left_open(plan)
    patience, found = plan.lock_timeout_ms, list[Part]()
    for statements, together in segments(plan.statements, transaction=plan.transaction):
        for piece in [statements] if together else [(one,) for one in statements]:
            patience = next((asked for one in piece if (asked := setting(one)) is not None), patience)
            work = tuple(one for one in piece if setting(one) is None)
            if work:
                found.append(Part(work, together, patience))
    return found


def _refuse_what_is_left_open(plan: Script) -> None:
    opened = [words(one)[:1] for one in plan.statements]
    if any(word and word[0] in _LEFT_OPEN for word in opened):
        raise NotModelled("a transaction that is rolled back, or has savepoints, is not modelled: nothing was run")
    begun = sum(word in {("begin",), ("start",)} for word in opened)
    if begun != sum(word in {("commit",), ("end",)} for word in opened):
        raise NotModelled("BEGIN and COMMIT must come in pairs, in one script: nothing was run")


def setting(statement: str) -> Millis | None:
    """The patience that a SET lock_timeout asks for, 0 for ever; other settings are not modelled."""
    if words(statement)[:1] not in {("set",), ("reset",)}:
        return None
    match = _LOCK_TIMEOUT.fullmatch(canonical(statement))
    if match is None:
        raise NotModelled(f"of all settings only lock_timeout is modelled: nothing was run of {canonical(statement)!r}")
    return millis(match[1] + {"min": "m", None: "ms"}.get(match[2], match[2]))
