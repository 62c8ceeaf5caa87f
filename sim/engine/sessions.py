"""Somebody else's transactions: they open, hold their locks, and end when they end or are ended."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.engine.scripts import CANCELLED
from sim.engine.transactions import free_locks
from sim.facts import LockQueued, LockTaken, ScriptEnded, SessionEnded, SessionOpened
from sim.locks import waits_for
from sim.scenario.model import DatabaseSession

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]


def keep_session(engine: "Engine", session: DatabaseSession) -> Steps:
    """A session of the scenario opens and ends in its time, unless somebody ends it before."""
    if session.lasts == 0:
        return
    yield engine.env.timeout(max(0, session.start))
    open_session(engine, session.name, session.holds)
    if session.lasts is not None:
        yield engine.env.timeout(max(0, session.start + session.lasts - engine.now_ms))
        close_session(engine, session.name)


def open_session(engine: "Engine", name: str, holds: Mapping[str, str], runs: str = "") -> None:
    """A transaction opens and takes its locks, or queues for them; what it `runs` can be cancelled."""
    engine.become(SessionOpened(session=name, runs=runs))
    for table, mode in holds.items():
        if waits_for(engine.world.locks, name, table, mode):
            engine.become(LockQueued(session=name, table=table, mode=mode))
        else:
            engine.become(LockTaken(session=name, table=table, mode=mode))


def close_session(engine: "Engine", name: str) -> None:
    """The session's work is done, unless somebody ended it before."""
    if name in (*engine.world.sessions, *engine.world.running):
        engine.become(SessionEnded(session=name))


def run_for_ever(engine: "Engine", name: str) -> Steps:
    """A statement that ends when somebody stops it; its transaction ends with it."""
    try:
        yield engine.env.event()
    except Interrupt as stop:
        free_locks(engine, name)
        engine.become(ScriptEnded(session=name, sqlstate=stop.cause or CANCELLED))
