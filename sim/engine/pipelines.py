"""A release on its way through a pipeline: stage by stage, each in its turn, held, skipped or stopped."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim import stages
from sim.engine.rollouts import Told, migrate, pending, replace_instances, while_held
from sim.engine.smoke import ask_candidate
from sim.facts import (
    RolloutBegan,
    RolloutEnded,
    RolloutHalted,
    StageBegan,
    StageEnded,
    StageHeld,
    StageScheduled,
)  # fmt: skip
from sim.scenario.pipeline import Stage, deed, phase
from sim.world import Pipeline

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]


def roll_out(engine: "Engine", began: RolloutBegan) -> Steps:
    """Carry a roll-out through its pipeline, or leave it where it was stopped."""
    try:
        for migration in began.schema_down:
            if (why := (yield from migrate(engine, migration, "down"))) is not None:
                engine.become(RolloutHalted(service=began.service, why=why))
                return
        yield from _go_through(engine, began)
    except Interrupt:
        engine.become(RolloutHalted(service=began.service, why="cancelled"))


def _go_through(engine: "Engine", began: RolloutBegan) -> Steps:
    """Every stage that is not behind; the first that fails stops the pipeline there."""
    known = engine.world.service(began.service).stages
    for name in list(_pipeline(engine, began).stages):
        if _state(engine, began, name) in stages.BEHIND:
            continue
        yield from _wait_for_its_turn(engine, began, name, known[name])
        if _state(engine, began, name) == stages.SKIPPED:
            continue
        why = yield from _try(engine, began, name, known[name])
        if why is not None:
            engine.become(RolloutHalted(service=began.service, why=why))
            return
    engine.become(RolloutEnded(service=began.service, build=began.build))


def _pipeline(engine: "Engine", began: RolloutBegan) -> Pipeline:
    return engine.world.pipelines[began.service]


def _state(engine: "Engine", began: RolloutBegan, name: str) -> str:
    return _pipeline(engine, began).stages[name]


def _wait_for_its_turn(engine: "Engine", began: RolloutBegan, name: str, stage: Stage) -> Steps:
    """A stage waits for its time, for whoever holds it, and for a pipeline that is stuck."""
    again = _state(engine, began, name) in stages.TRIED
    due_ms = engine.now_ms + (0 if again else stage.after)
    if due_ms > engine.now_ms and _state(engine, began, name) == stages.PENDING:
        engine.become(StageScheduled(service=began.service, stage=name, at_ms=due_ms))
    while engine.now_ms < due_ms and not _is_let_go(engine, began, name):
        yield engine.env.timeout(due_ms - engine.now_ms) | engine.released
    if stage.by_hand and not _is_let_go(engine, began, name) and _state(engine, began, name) != stages.HELD:
        engine.become(StageHeld(service=began.service, stage=name))
    while _state(engine, began, name) == stages.HELD:
        yield engine.released
    yield from while_held(engine, began.service)


def _is_let_go(engine: "Engine", began: RolloutBegan, name: str) -> bool:
    """Whether somebody has promoted the stage, or wants it no more."""
    return name in _pipeline(engine, began).let_go or _state(engine, began, name) == stages.SKIPPED


def _try(engine: "Engine", began: RolloutBegan, name: str, stage: Stage) -> Told:
    """A stage, and again as often as the pipeline itself tries."""
    left = stage.retry.times if stage.retry else 0
    while True:
        engine.become(StageBegan(service=began.service, stage=name))
        why = yield from _do(engine, began, name, stage)
        engine.become(StageEnded(service=began.service, stage=name, ok=why is None, why=why or ""))
        if why is None or not left or stage.retry is None:
            return why
        left -= 1
        yield engine.env.timeout(stage.retry.after)


def _do(engine: "Engine", began: RolloutBegan, name: str, stage: Stage) -> Told:
    does = deed(name, stage)
    if does != "build" or (began.service, name, began.build) not in engine.world.built:
        yield engine.env.timeout(stage.takes)
    match does:
        case "migrate" if stage.migration is not None:
            applied = engine.world.migrations.get(stage.migration) == "applied"
            return None if applied else (yield from migrate(engine, stage.migration, "up"))
        case "migrate":
            named = {other.migration for other in engine.world.service(began.service).stages.values()}
            return (yield from pending(engine, began, phase(engine.world.service(began.service).stages, name), named))
        case "deploy":
            return (yield from replace_instances(engine, began))
        case "smoke":
            return ask_candidate(engine, began)
        case _:
            return None
