"""How a release replaces another: its migrations, and instance by instance, watched by the error gate."""

from collections.abc import Generator, Iterator, Set
from typing import TYPE_CHECKING, Any

from sim.clock import SECOND
from sim.engine.instances import cut_off
from sim.engine.stricken import specs
from sim.facts import Build, InstancesReplaced, MigrationBegan, MigrationDeclined, RolloutBegan, ScriptSent
from sim.scenario.build import change_of, label, ordered
from sim.scenario.model import Rollout

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Told = Generator[Any, Any, str | None]
"""The answer is what went wrong, if anything did."""


def pending(engine: "Engine", began: RolloutBegan, phase: str, elsewhere: Set[str | None]) -> Told:
    """Run the migrations of the set that are not applied and belong to this phase, but for those run elsewhere."""
    scenario, service = engine.world.scenario, began.service
    for name in ordered(scenario, began.build):
        migration = change_of(scenario, name).migration
        if migration is None or migration in elsewhere or scenario.database.migrations[migration].phase != phase:
            continue
        yield from while_held(engine, service)
        applied = engine.world.migrations.get(migration) == "applied"
        if not applied and (why := (yield from migrate(engine, migration, "up"))) is not None:
            return why
    return None


def migrate(engine: "Engine", migration: str, direction: str) -> Told:
    """Send a migration's script to the database and wait for it; the answer is what went wrong, if anything."""
    spec = engine.world.scenario.database.migrations[migration]
    sql = spec.up if direction == "up" else spec.down
    if sql is None:
        return f"{migration} has no way down"
    if dirty := [name for name, state in engine.world.migrations.items() if state == "dirty"]:
        engine.become(MigrationDeclined(migration=migration, dirty=dirty[0]))
        return f"{migration}: the migration tool would not run"
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


def replace_instances(engine: "Engine", began: RolloutBegan) -> Told:
    """Instance by instance, as long as the error gate lets it."""
    rollout = engine.world.service(began.service).rollout
    for pool, build in _leaving(engine, began):
        while _instances(engine, began.service, pool, build):
            before = _replaced_percent(engine, began)
            yield engine.env.timeout(rollout.each)
            yield from while_held(engine, began.service)
            if not rollout.looks_at and (why := _gate(engine, began, rollout)) is not None:
                return why
            count = min(rollout.at_once, _instances(engine, began.service, pool, build))
            if not count:
                break
            cut_off(engine, pool, count, engine.world.serving[began.service].instances(pool), drained=True)
            engine.become(InstancesReplaced(service=began.service, pool=pool, was=build, now=began.build, count=count))
            if any(before < at <= _replaced_percent(engine, began) for at in rollout.looks_at):
                yield engine.env.timeout(rollout.each)
                if (why := _gate(engine, began, rollout)) is not None:
                    return why
        if not engine.world.serving[began.service].instances(pool):
            engine.become(InstancesReplaced(service=began.service, pool=pool, was=build, now=began.build, count=0))
    return None


def while_held(engine: "Engine", service: str) -> Generator[Any, Any, None]:
    """Wait while somebody has paused the roll-out, or the pipeline is stuck."""
    while _paused(engine, service) or any(spec.stops_roll_outs(service) for spec in specs(engine.world)):
        yield engine.lifted


def _paused(engine: "Engine", service: str) -> bool:
    rollout = engine.world.serving[service].rollout
    return rollout is not None and rollout.paused


def _replaced_percent(engine: "Engine", began: RolloutBegan) -> int:
    """How much of the roll-out is done, in whole percent of its instances."""
    slots = [slot for slot in engine.world.serving[began.service].slots if began.pool in {"", slot.pool}]
    every = sum(slot.instances for slot in slots)
    return 100 * sum(slot.instances for slot in slots if slot.build == began.build) // every if every else 100


def _gate(engine: "Engine", began: RolloutBegan, rollout: Rollout) -> str | None:
    """What the error gate says, if it says no."""
    if rollout.halt_above is None:
        return None
    failing = _failing_share(engine, began, rollout)
    whose = "the new version's" if rollout.gate == "new_version" else f"{began.service}'s"
    return f"{failing:.1%} of {whose} requests failed" if failing > rollout.halt_above else None


def _leaving(engine: "Engine", began: RolloutBegan) -> Iterator[tuple[str, Build]]:
    slots = engine.world.serving[began.service].slots
    wanted = [slot for slot in slots if began.pool in {"", slot.pool}]
    return ((slot.pool, slot.build) for slot in wanted if slot.build != began.build)


def _instances(engine: "Engine", service: str, pool: str, build: Build) -> int:
    slots = engine.world.serving[service].slots
    return sum(slot.instances for slot in slots if (slot.pool, slot.build) == (pool, build))


def _failing_share(engine: "Engine", began: RolloutBegan, rollout: Rollout) -> float:
    """What the error gate sees: the share of failures since the instance before."""
    engine.settle()
    name = label(engine.world.scenario, began.build) if rollout.gate == "new_version" else None
    second = engine.now_ms // SECOND
    total = failed = 0
    for endpoint in engine.world.service(began.service).endpoints:
        tally = engine.traffic.tally(endpoint, max(0, second - rollout.each // SECOND), second, label=name)
        total, failed = total + tally.total, failed + tally.failed
    return failed / total if total else 0.0
