"""What happens by itself: at a time, or when a condition first holds."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.actions.scale import Scale
from sim.actions.shift_traffic import ShiftTraffic
from sim.engine.ailments import ail, lift
from sim.facts import (
    AlertFired,
    Fact,
    FlagSet,
    JobRan,
    MessageArrived,
    Posted,
    Refused,
    RolloutBegan,
    StageEnded,
    TagMoved,
    WorkOverdue,
)
from sim.scenario.build import carried, label
from sim.scenario.model import StoryLine
from sim.scenario.pipeline import deed
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
        release = engine.world.tags.get(line.deploy, line.deploy)
        build = frozenset(engine.world.scenario.releases[release])
        build = carried(engine.world.scenario, build, engine.world.serving[service].release)
        if engine.world.serving[service].rollout is None:
            engine.become(RolloutBegan(service=service, build=build, pool=line.pool or "", named=line.deploy))
    _move(engine, line)
    if line.message is not None:
        engine.become(MessageArrived(sender=line.message.sender, text=line.message.text))
    for flag, percent in (line.set_flag or {}).items():
        if flag in engine.world.flags:
            engine.become(FlagSet(flag=flag, percent=percent))
    for tag, release in (line.tag or {}).items():
        engine.become(TagMoved(tag=tag, release=release))
    if line.fault is not None:
        yield from ail(engine, number, line.fault, line.lasts)
    if line.lift is not None:
        named = next(at for at, other in enumerate(engine.world.scenario.story) if other.name == line.lift)
        lift(engine, named)


def _move(engine: "Engine", line: StoryLine) -> None:
    """Somebody else shifts traffic or scales; what the world refuses to them does not happen."""
    service = line.service or next(iter(engine.world.serving))
    moves: list[ShiftTraffic | Scale] = []
    if (shift := line.shift_traffic) is not None:
        moves.append(ShiftTraffic(from_=shift.source, to=shift.to, percent=shift.percent, service=service))
    if line.scale is not None:
        moves.append(Scale(service=service, instances=line.scale, pool=line.pool or ""))
    for fact in (fact for move in moves for fact in move.decide(engine.world)):
        if not isinstance(fact, Refused):
            engine.become(fact)


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
        case StageEnded(service=service, stage=stage, ok=True):
            stages, build = world.service(service).stages, world.pipelines[service].build - set(world.scenario.fixes)
            serves = deed(stage, stages[stage]) == "deploy"
            return serves and line.when is not None and line.when.deployed == label(world.scenario, build)
        case JobRan(job=job, failed=failed):
            return line.when is not None and line.when.job_failed == job and failed > 0
        case WorkOverdue(job=job):
            return line.when is not None and line.when.overdue == job
        case _:
            return False
