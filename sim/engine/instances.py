"""Instances come and go outside of roll-outs: pools are scaled and restarted, and what waits in them is cut off."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.chance import between
from sim.clock import millis
from sim.engine.stricken import answering
from sim.facts import (
    BackendsOrphaned,
    Build,
    ConnectionsCut,
    InstancesStarted,
    InstancesStopped,
    OrphansEnded,
    RestartBegan,
    RestartEnded,
    ScaleBegan,
)  # fmt: skip
from sim.locks import stalls
from sim.scenario.values import Between
from sim.world import Serving, Slot

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]


def scale(engine: "Engine", began: ScaleBegan) -> None:
    """Stop what is too many at once, the oldest version's first; start what is missing."""
    present = engine.world.serving[began.service].instances(began.pool)
    if began.instances < present:
        cut_off(engine, began.pool, present - began.instances, present)
        left = present - began.instances
        for slot in engine.world.serving[began.service].slots:
            if slot.pool == began.pool and (count := min(left, slot.instances)):
                left -= count
                stopped = InstancesStopped(service=began.service, pool=slot.pool, build=slot.build, count=count)
                engine.become(stopped)
    for number in range(present, began.instances):
        build = _newest(engine.world.serving[began.service], began.pool)
        engine.env.process(_come_up(engine, began.service, began.pool, build, number))


def restart(engine: "Engine", began: RestartBegan) -> Steps:
    """Batch after batch: away, up again, the next. Whoever is away comes back even if the rest is called off."""
    slots = [slot for slot in engine.world.serving[began.service].slots if slot.pool in began.pools]
    try:
        for slot in slots:
            yield from _restart_all(engine, began, slot)
    except Interrupt:
        pass
    engine.become(RestartEnded(service=began.service))


def _restart_all(engine: "Engine", began: RestartBegan, slot: Slot) -> Steps:
    service, pool, build, left = began.service, slot.pool, slot.build, slot.instances
    while count := min(left, began.at_once, _count(engine.world.serving[service], pool, build)):
        left -= count
        cut_off(engine, pool, count, engine.world.serving[service].instances(pool))
        engine.become(InstancesStopped(service=service, pool=pool, build=build, count=count))
        starts = [_come_up(engine, service, pool, build, left + nth) for nth in range(count)]
        yield engine.env.all_of([engine.env.process(start) for start in starts])


def _come_up(engine: "Engine", service: str, pool: str, build: Build, number: int) -> Steps:
    """An instance starts, and serves if it is still wanted; under a roll-out it comes with what that brings."""
    rolling = engine.world.serving[service].rollout is not None
    wait = engine.world.service(service).starts_in
    if isinstance(wait, Between):
        low, high = (millis(str(end)) for end in wait.range)
        yield engine.env.timeout(between(engine.seed, f"start/{pool}/{number}/{engine.now_ms}", low, high))
    else:
        yield engine.env.timeout(wait)
    state = engine.world.serving[service]
    if state.instances(pool) >= state.wanted.get(pool, 0):
        return
    alike = [slot for slot in state.slots if (slot.pool, slot.build) == (pool, build)]
    stays = any(slot.instances or build == state.release for slot in alike)
    serves = build if stays and not rolling and state.rollout is None else _newest(state, pool)
    engine.become(InstancesStarted(service=service, pool=pool, build=serves, count=1))


def _newest(state: Serving, pool: str) -> Build:
    """The build that came to a pool last."""
    return [slot.build for slot in state.slots if slot.pool == pool][-1]


def _count(state: Serving, pool: str, build: Build) -> int:
    return sum(slot.instances for slot in state.slots if (slot.pool, slot.build) == (pool, build))


def cut_off(engine: "Engine", pool: str, stopped: int, of: int, *, drained: bool = False) -> None:
    """Some instances go away: what waited in them for a lock is gone, and its backends wait on without a client.

    An instance that a roll-out replaces is drained: its requests wait on, and so do its connections.
    """
    if not engine.world.locks or not of or (drained and engine.world.scenario.database.max_connections is None):
        return
    engine.settle_second()
    waiting: dict[tuple[str, str], int] = {}
    for endpoint, count in engine.traffic.held(pool, engine.effective_second).items():
        if (lock := _behind(engine, pool, endpoint)) is not None:
            waiting[lock] = waiting.get(lock, 0) + count
    for (table, mode), count in waiting.items():
        if orphans := count * stopped // of:
            engine.become(BackendsOrphaned(pool=pool, table=table, mode=mode, count=orphans))
    if not drained:
        engine.become(ConnectionsCut(pool=pool, stopped=stopped, of=of))


def _behind(engine: "Engine", pool: str, endpoint: str) -> tuple[str, str] | None:
    """The lock that an endpoint's requests wait for in a pool."""
    for service in engine.world.serving:
        for slot in answering(engine.world, service) if endpoint in engine.world.service(service).endpoints else ():
            for table, mode in engine.mixes.judgements.locks(endpoint, slot.build):
                if slot.pool == pool and stalls(engine.world.locks, table, mode):
                    return table, mode
    return None


def end_orphans(engine: "Engine") -> None:
    """Backends without a client end as soon as nothing stands before them."""
    for table, mode in dict.fromkeys((some.table, some.mode) for some in engine.world.orphans):
        if not stalls(engine.world.locks, table, mode):
            engine.become(OrphansEnded(table=table, mode=mode))
