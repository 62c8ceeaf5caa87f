"""What happens by itself: at a time, or when a condition first holds."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.clock import Millis
from sim.facts import (
    AlertCleared,
    AlertFired,
    Fact,
    FaultBegan,
    FaultLifted,
    FlagSet,
    LockQueued,
    LockTaken,
    MessageArrived,
    Posted,
    RolloutBegan,
    RolloutEnded,
    SessionEnded,
    SessionOpened,
)
from sim.locks import waits_for
from sim.scenario.build import label
from sim.scenario.model import DatabaseSession, StoryLine
from sim.scenario.story import FalseAlert, Fault
from sim.world import World

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
            engine.become(RolloutBegan(service=service, build=build, pool=line.pool or ""))
    if line.message is not None:
        engine.become(MessageArrived(sender=line.message.sender, text=line.message.text))
    for flag, percent in (line.set_flag or {}).items():
        engine.become(FlagSet(flag=flag, percent=percent))
    if line.fault is not None:
        yield from _ail(engine, number, line.fault, line.lasts)


def _ail(engine: "Engine", number: int, fault: Fault, lasts: Millis | None) -> Steps:
    """A fault begins and, if it says how long it lasts, is lifted."""
    spec = fault.spec
    arguments = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    engine.become(FaultBegan(fault=fault.kind, arguments=arguments, number=number))
    if isinstance(spec, FalseAlert):
        engine.become(AlertFired(alert=spec.text))
    if lasts is not None:
        yield engine.env.timeout(lasts)
        engine.become(FaultLifted(number=number))
        if isinstance(spec, FalseAlert):
            engine.become(AlertCleared(alert=spec.text))


def break_silence(engine: "Engine", number: int, silence_ms: int) -> Steps:
    """Tell a line when an alert has fired for so long and nobody has posted an update."""
    heard_ms = engine.now_ms
    while engine.now_ms < heard_ms + silence_ms:
        yield engine.env.timeout(heard_ms + silence_ms - engine.now_ms)
        posted = [entry.at_ms for entry in engine.journal.entries if isinstance(entry.fact, Posted)]
        heard_ms = max([heard_ms, *posted])
    if engine.world.alerts:
        engine.tell_story(number)


def awaited(line: StoryLine, world: World, fact: Fact) -> bool:
    """Whether this fact is what a line of the story waits for."""
    match fact:
        case AlertFired():
            return line.when is not None and line.when.alert is True
        case RolloutEnded(build=build):
            return line.when is not None and line.when.deployed == label(world.scenario, build)
        case _:
            return False


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
