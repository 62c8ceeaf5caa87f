"""SQL on the primary: a script in its parts, and what is told of it when it ends."""

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.clock import Millis
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
_LOCK_TIMEOUT = re.compile(
    r"set (?P<scope>local |session )?lock_timeout ?(?:=|to) ?(?P<quote>'?)(?P<value>[ ]*[-+]?[\d.].*?)(?P=quote)",
    re.IGNORECASE,
)
_LASTS = re.compile(r" *\+?(\d+(?:\.\d*)?|\.\d+) *(us|ms|s|min|h|d)? *")
_OTHERWISE = re.compile(r"0x|[\d.]e[-+]?\d", re.IGNORECASE)  # numbers that PostgreSQL reads in ways of its own
_UNITS_MS = {"us": 0.001, "ms": 1, None: 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_LONGEST_MS = 2_147_483_647
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
            asked = [said for one in piece if (said := setting(one)) is not None and (together or not said.local)]
            here = asked[0].ms if asked else patience
            patience = next((said.ms for said in asked if not said.local), patience)
            work = tuple(one for one in piece if setting(one) is None)
            if work:
                found.append(Part(work, together, here))
    return found


def _refuse_what_is_left_open(plan: Script) -> None:
    opened = [words(one)[:1] for one in plan.statements]
    if any(word and word[0] in _LEFT_OPEN for word in opened):
        raise NotModelled("a transaction that is rolled back, or has savepoints, is not modelled: nothing was run")
    begun = sum(word in {("begin",), ("start",)} for word in opened)
    if begun != sum(word in {("commit",), ("end",)} for word in opened):
        raise NotModelled("BEGIN and COMMIT must come in pairs, in one script: nothing was run")


@dataclass(frozen=True)
class Patience:
    """A lock timeout, 0 for ever; a local one lasts for its transaction, and outside one PostgreSQL ignores it."""

    ms: Millis
    local: bool


def setting(statement: str) -> Patience | None:
    """The patience that a SET lock_timeout asks for, None where PostgreSQL has to answer; others are not modelled."""
    if words(statement)[:1] not in {("set",), ("reset",)}:
        return None
    match = _LOCK_TIMEOUT.fullmatch(canonical(statement))
    if match is None or _OTHERWISE.search(match["value"]):
        raise NotModelled(f"of all settings only lock_timeout is modelled: nothing was run of {canonical(statement)!r}")
    lasts = _LASTS.fullmatch(match["value"])
    if lasts is None or (lasts[2] is not None and not match["quote"]):
        return None
    ms = round(float(lasts[1]) * _UNITS_MS[lasts[2]])
    return Patience(Millis(ms), (match["scope"] or "").lower() == "local ") if ms <= _LONGEST_MS else None
