"""What happens by itself: at a time, or when a condition first holds."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.facts import (
    FaultBegan,
    FaultLifted,
    FlagSet,
    LockQueued,
    LockTaken,
    MessageArrived,
    RolloutBegan,
    SessionEnded,
    SessionOpened,
)
from sim.locks import waits_for
from sim.scenario.model import DatabaseSession, StoryLine

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]


def tell(engine: "Engine", number: int, line: StoryLine) -> Steps:
    """Carry out one line of the story; a line with a condition is told when the condition holds."""
    if line.at is not None:
        yield engine.env.timeout(max(0, line.at - engine.now_ms))
    if line.deploy is not None:
        service = line.service or next(iter(engine.world.serving))
        build = frozenset(engine.world.scenario.releases[line.deploy])
        if engine.world.serving[service].rollout is None:
            engine.become(RolloutBegan(service=service, build=build))
    if line.message is not None:
        engine.become(MessageArrived(sender=line.message.sender, text=line.message.text))
    for flag, percent in (line.set_flag or {}).items():
        engine.become(FlagSet(flag=flag, percent=percent))
    if line.fault is not None:
        arguments = line.fault.spec.model_dump(mode="json", by_alias=True)
        engine.become(FaultBegan(fault=line.fault.kind, arguments=arguments, number=number))
        if line.lasts is not None:
            yield engine.env.timeout(line.lasts)
            engine.become(FaultLifted(number=number))


def hold_session(engine: "Engine", session: DatabaseSession) -> Steps:
    """Somebody's transaction opens, holds its locks, and ends when it ends, unless somebody ends it before."""
    if session.lasts == 0:
        return
    yield engine.env.timeout(max(0, session.start))
    engine.become(SessionOpened(session=session.name))
    for table, mode in session.holds.items():
        if waits_for(engine.world.locks, session.name, table, mode):
            engine.become(LockQueued(session=session.name, table=table, mode=mode))
        else:
            engine.become(LockTaken(session=session.name, table=table, mode=mode))
    if session.lasts is not None:
        yield engine.env.timeout(max(0, session.start + session.lasts - engine.now_ms))
        if session.name in engine.world.sessions:
            engine.become(SessionEnded(session=session.name))
