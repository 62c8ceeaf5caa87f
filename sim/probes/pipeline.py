"""Where the pipelines stand, and what they saw."""

from collections.abc import Iterator

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import (
    Fact,
    RolloutBegan,
    RolloutEnded,
    RolloutHalted,
    SmokeChecked,
    StageBegan,
    StageEnded,
    StageHeld,
    StageReleased,
    StageScheduled,
    StageSkipped,
)  # fmt: skip
from sim.scenario.pipeline import Stage, deed

LINES = 60
_TURNS = {
    StageBegan: "begins", StageHeld: "held", StageReleased: "let go", StageSkipped: "skipped",
    RolloutEnded: "ended", RolloutHalted: "stopped",
}  # fmt: skip


def read(engine: Engine) -> str:
    """Each service's stages with their state, its smoke checks, and the CI log; what SQL said stands elsewhere."""
    told = [line for service in engine.world.serving for line in _service(engine, service)]
    log = [f"{show(entry.at_ms)} {line}" for entry in engine.journal.entries if (line := _line(engine, entry.fact))]
    return "\n".join([*told, "CI log:", *(f"  {line}" for line in log[-LINES:] or ["nothing yet"])])


def _service(engine: Engine, service: str) -> Iterator[str]:
    world, stages = engine.world, engine.world.service(service).stages
    pipeline = world.pipelines.get(service)
    running = "under way" if world.serving[service].rollout else "at rest"
    yield f"{service}: {pipeline.named}, {running}" if pipeline else f"{service}: nothing has gone through yet"
    for name, stage in stages.items():
        state = pipeline.stages.get(name, "not on this way") if pipeline else "pending"
        due = f", begins at {show(pipeline.due_ms[name])}" if pipeline and state == "scheduled" else ""
        yield f"  {name}: {state}{due}{_said(name, stage)}"
    for name, check in world.checks[service].items():
        wanted = f", version {check.version}" if check.version else ""
        yield f"  smoke check {name}: {check.endpoint}{wanted}"


def _said(name: str, stage: Stage) -> str:
    told = [f"runs {stage.migration}"] if stage.migration else []
    told += ["by hand"] if stage.by_hand else []
    told += [deed(name, stage)] if deed(name, stage) not in {name, "wait"} and not stage.migration else []
    return f" ({', '.join(told)})" if told else ""


def _line(engine: Engine, fact: Fact) -> str:
    match fact:
        case RolloutBegan(service=service, named=named, without=without, resumes=resumes):
            left_out = f" without {', '.join(without)}" if without else ""
            told = f"pipeline of {named} {'goes on' if resumes else 'begins'}{left_out}"
        case StageEnded(service=service, stage=stage, ok=ok):
            told = f"{stage}: {'ok' if ok else _failed(engine, fact)}"
        case StageScheduled(service=service, stage=stage, at_ms=at_ms):
            told = f"{stage}: begins at {show(at_ms)}"
        case SmokeChecked(service=service, check=check, ok=ok):
            told = f"smoke check {check}: {'passed' if ok else 'FAILED'}, {_saw(fact)}"
        case StageBegan() | StageHeld() | StageReleased() | StageSkipped():
            service, told = fact.service, f"{fact.stage}: {_TURNS[type(fact)]}"
        case RolloutEnded() | RolloutHalted():
            service, told = fact.service, f"pipeline {_TURNS[type(fact)]}"
        case _:
            return ""
    return f"{service}: {told}"


def _failed(engine: Engine, ended: StageEnded) -> str:
    """All that a pipeline sees of a job in the database is how it exited."""
    stage = engine.world.service(ended.service).stages[ended.stage]
    return "job exited 1" if deed(ended.stage, stage) == "migrate" else f"FAILED, {ended.why}"


def _saw(checked: SmokeChecked) -> str:
    return f"{checked.failing / checked.of:.1%} failed, {checked.answered} answered"
