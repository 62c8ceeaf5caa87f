"""What the database says of its sessions: pg_stat_activity, pg_locks and who waits behind whom, from the world."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sim.clock import on_the_wall
from sim.facts import ScriptSent, SessionOpened
from sim.locks import stalls, waits_for
from sim.tables.sessions import LISTS, PAIRS
from sim.tables.tables import Shown

if TYPE_CHECKING:
    from sim.engine.engine import Engine

FIRST_PID = 4001
_ACTIVITY = {
    "pid": "integer", "usename": "text", "application_name": "text", "state": "text", "wait_event_type": "text",
    "wait_event": "text", "xact_start": "timestamptz", "query_start": "timestamptz", "query": "text",
}  # fmt: skip
_LOCKS = {"locktype": "text", "relation": "text", "mode": "text", "granted": "boolean", "pid": "integer"}
Row = tuple[str | None, ...]


def session_views(engine: "Engine") -> dict[str, Shown]:
    """The catalog's views of sessions and locks; the application's waiting connections are one session an endpoint."""
    pids = _pids(engine)
    pairs = tuple(dict.fromkeys(_pairs(engine, pids)))
    behind = {waiter: [other for one, other in pairs if one == waiter] for waiter, _ in pairs}
    shown = {
        "pg_stat_activity": Shown(_ACTIVITY, tuple(_activity(engine, pids))),
        "pg_locks": Shown(_LOCKS, tuple(_locks(engine, pids))),
        PAIRS: Shown({"waiter": "integer", "blocker": "integer"}, pairs),
        LISTS: Shown(
            {"waiter": "integer", "blockers": "text"},
            tuple((waiter, "{" + ",".join(others) + "}") for waiter, others in behind.items()),
        ),
    }
    return {**shown, **{f"pg_catalog.{name}": view for name, view in shown.items() if name.startswith("pg_")}}


def _began(engine: "Engine") -> dict[str, tuple[int, str]]:
    """Every session that ever was, with the moment of its start and what it last sent."""
    found: dict[str, tuple[int, str]] = {}
    for entry in engine.journal.entries:
        if isinstance(entry.fact, SessionOpened):
            found[entry.fact.session] = (entry.at_ms, entry.fact.runs)
        elif isinstance(entry.fact, ScriptSent):
            found[entry.fact.session] = (entry.at_ms, entry.fact.sql)
    return found


def _pids(engine: "Engine") -> dict[str, str]:
    """A number for each session, the same for as long as the run lasts."""
    return {session: str(FIRST_PID + at) for at, session in enumerate((*_works(engine), *_began(engine)))}


def _works(engine: "Engine") -> list[str]:
    return [f"{name}: {work}" for name, service in engine.world.scenario.services.items() for work in service.endpoints]


def _stalled(engine: "Engine") -> Iterator[tuple[str, str, str]]:
    """The application's waiting statements: session, table and mode of the first lock that each waits for."""
    for service, state in engine.world.serving.items():
        for endpoint in engine.world.service(service).endpoints:
            for slot in state.slots:
                wanted = engine.mixes.judgements.locks(endpoint, slot.build) if slot.instances else ()
                found = [lock for lock in wanted if stalls(engine.world.locks, *lock)]
                if found:
                    yield f"{service}: {endpoint}", *found[0]
                    break


def _pairs(engine: "Engine", pids: dict[str, str]) -> Iterator[tuple[str, str]]:
    locks = engine.world.locks
    waiting = [(lock.session, lock.table, lock.mode) for lock in locks if not lock.held]
    for session, table, mode in (*waiting, *_stalled(engine)):
        for ahead in waits_for(locks, session, table, mode):
            yield pids[session], pids[ahead.session]


def _activity(engine: "Engine", pids: dict[str, str]) -> Iterator[Row]:
    world, began = engine.world, _began(engine)
    queued = {lock.session for lock in world.locks if not lock.held}
    for session in (*world.sessions, *world.running):
        at_ms, sql = began[session]
        state = "active" if session in world.running else "idle in transaction"
        waits = ("Lock", "relation") if session in queued else (None, None) if sql else ("Client", "ClientRead")
        moment = _moment(engine, at_ms)
        yield pids[session], "operator" if sql else "report", session, state, *waits, moment, moment, sql
    for session, table, _ in _stalled(engine):
        service = session.partition(": ")[0]
        yield pids[session], service, session, "active", "Lock", "relation", None, None, f"(statements on {table})"


def _locks(engine: "Engine", pids: dict[str, str]) -> Iterator[Row]:
    for lock in engine.world.locks:
        yield "relation", lock.table, lock.mode, "t" if lock.held else "f", pids[lock.session]
    for session, table, mode in _stalled(engine):
        yield "relation", table, mode, "f", pids[session]


def _moment(engine: "Engine", at_ms: int) -> str:
    starts = datetime.fromisoformat(engine.world.scenario.clock.starts).replace(tzinfo=UTC)
    passed_ms = on_the_wall(at_ms, engine.world.scenario.clock.jumps)
    return (starts + timedelta(milliseconds=passed_ms)).strftime("%Y-%m-%d %H:%M:%S.%f")
