"""A release replaces another: its migrations, then instance by instance, watched by the error gate."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.clock import SECOND
from sim.engine.regime import specs
from sim.facts import (
    InstancesReplaced,
    MigrationBegan,
    RolloutBegan,
    RolloutEnded,
    RolloutHalted,
    ScriptSent,
)  # fmt: skip
from sim.scenario.build import Build, change_of, label, ordered

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]


def roll_out(engine: "Engine", began: RolloutBegan) -> Steps:
    """Carry a roll-out through, or leave it where it was stopped."""
    try:
        for migration in began.schema_down:
            if (why := (yield from migrate(engine, migration, "down"))) is not None:
                engine.become(RolloutHalted(service=began.service, why=why))
                return
        for phase in ("before", "roll", "after"):
            why = yield from _replace(engine, began) if phase == "roll" else _pending(engine, began.build, phase)
            if why is not None:
                engine.become(RolloutHalted(service=began.service, why=why))
                return
        engine.become(RolloutEnded(service=began.service, build=began.build))
    except Interrupt:
        engine.become(RolloutHalted(service=began.service, why="cancelled"))


def _pending(engine: "Engine", build: Build, phase: str) -> Generator[Any, Any, str | None]:
    """Run the migrations of the set that are not applied and belong to this phase."""
    scenario = engine.world.scenario
    for name in ordered(scenario, build):
        migration = change_of(scenario, name).migration
        if migration is None or scenario.database.migrations[migration].phase != phase:
            continue
        if engine.world.migrations.get(migration) != "applied":
            why: str | None = yield from migrate(engine, migration, "up")
            if why is not None:
                return why
    return None


def migrate(engine: "Engine", migration: str, direction: str) -> Generator[Any, Any, str | None]:
    """Send a migration's script to the database and wait for it; the answer is what went wrong, if anything."""
    spec = engine.world.scenario.database.migrations[migration]
    sql = spec.up if direction == "up" else spec.down
    if sql is None:
        return f"{migration} has no way down"
    while any(state in ("applying", "undoing") for state in engine.world.migrations.values()):
        yield engine.migrating
    engine.become(MigrationBegan(migration=migration, direction=direction))
    session = f"migration {engine.world.scripts + 1}"
    engine.become(
        ScriptSent(
            session=session,
            sql=sql,
            transaction=spec.transaction,
            lock_timeout_ms=spec.lock_timeout,
            migration=migration,
            direction=direction,
        )
    )
    sqlstate = yield engine.processes[session]
    return f"{migration} failed with {sqlstate}" if sqlstate else None


def _replace(engine: "Engine", began: RolloutBegan) -> Generator[Any, Any, str | None]:
    rollout = engine.world.service(began.service).rollout
    for pool, build in _leaving(engine, began):
        while left := _instances(engine, began.service, pool, build):
            yield engine.env.timeout(rollout.each)
            while any(spec.stops_roll_outs(began.service) for spec in specs(engine.world)):
                yield engine.lifted
            if rollout.halt_above is not None:
                failing = _failing_share(engine, began, engine.now_ms, rollout.each)
                if failing > rollout.halt_above:
                    return f"{failing:.1%} of the new version's requests failed"
            count = min(rollout.at_once, left)
            engine.become(InstancesReplaced(service=began.service, pool=pool, was=build, now=began.build, count=count))
    return None


def _leaving(engine: "Engine", began: RolloutBegan) -> Iterator[tuple[str, Build]]:
    slots = engine.world.serving[began.service].slots
    wanted = [slot for slot in slots if began.pool in {"", slot.pool}]
    return ((slot.pool, slot.build) for slot in wanted if slot.build != began.build)


def _instances(engine: "Engine", service: str, pool: str, build: Build) -> int:
    slots = engine.world.serving[service].slots
    return sum(slot.instances for slot in slots if (slot.pool, slot.build) == (pool, build))


def _failing_share(engine: "Engine", began: RolloutBegan, now_ms: int, span_ms: int) -> float:
    """What the error gate sees: the new version's share of failures since the instance before."""
    engine.settle()
    name = label(engine.world.scenario, began.build)
    second = now_ms // SECOND
    total = failed = 0
    for endpoint in engine.world.service(began.service).endpoints:
        tally = engine.traffic.tally(endpoint, max(0, second - span_ms // SECOND), second, label=name)
        total, failed = total + tally.total, failed + tally.failed
    return failed / total if total else 0.0
