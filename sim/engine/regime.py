"""The world, as traffic meets it: rates, versions, mixes, connections and locks, until something changes."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from sim.engine.mixes import Mixes
from sim.faults.base import Trouble
from sim.judge.values import Lineage
from sim.locks import stalls
from sim.scenario.model import Endpoint
from sim.traffic.values import Flow, Mix, Pool, Regime, Serving
from sim.world import Slot, World


def regime_of(world: World, mixes: Mixes, lineage: Lineage) -> Regime:
    """Every flow and every pool under this world; where no rows decide, the same in every run."""
    slots = tuple(state.slots for state in world.serving.values())
    locks = tuple((lock.table, lock.mode) for lock in world.locks)
    key = (slots, tuple(world.flags.items()), lineage.key, locks, world.faults, world.rows_moved)
    known = mixes.regimes if mixes.judgements.over_rows else mixes.judgements.regimes
    if (regime := known.get(key)) is None:
        regime = known[key] = _regime(world, mixes, lineage)
    return regime


def _regime(world: World, mixes: Mixes, lineage: Lineage) -> Regime:
    flows, pools = [], []
    for name, service in world.scenario.services.items():
        slots = _answering(world, name)
        slowdown = prod(spec.slows_statements() for spec in specs(world))
        for pool in dict.fromkeys(slot.pool for slot in slots):
            instances = sum(slot.instances for slot in slots if slot.pool == pool)
            servers = instances * service.pool.connections
            pools.append(Pool(pool, servers, service.pool.timeout, slowdown))
        for endpoint, spec in service.endpoints.items():
            flows.append(_flow(world, mixes, lineage, endpoint, spec, slots))
    return Regime(tuple(flows), tuple(pools))


def specs(world: World) -> list[Trouble]:
    """The faults that last."""
    return [ailment.fault.spec for ailment in world.faults]


def _answering(world: World, service: str) -> list[Slot]:
    """The slots less the instances that a fault has taken, first slots first."""
    lost, left = sum(spec.takes_away(service) for spec in specs(world)), []
    for slot in world.serving[service].slots:
        gone = min(lost, slot.instances)
        lost -= gone
        left.append(replace(slot, instances=slot.instances - gone))
    return left


def _flow(world: World, mixes: Mixes, lineage: Lineage, endpoint: str, spec: Endpoint, slots: Sequence[Slot]) -> Flow:
    locks = {lock for slot in slots for lock in mixes.judgements.locks(endpoint, slot.build)}
    return Flow(
        endpoint=endpoint,
        rps=spec.rps * prod(fault.multiplies(endpoint) for fault in specs(world)),
        background=(spec.background.cause, spec.background.errors) if spec.background else None,
        median_ms=spec.latency.median,
        sigma=spec.latency.sigma,
        serving=tuple(_serving(world, mixes, lineage, endpoint, slot) for slot in slots),
        stalled=bool(world.locks) and any(stalls(world.locks, table, mode) for table, mode in locks),
        needs_pool=bool(locks),
    )


def _serving(world: World, mixes: Mixes, lineage: Lineage, endpoint: str, slot: Slot) -> Serving:
    mix = mixes.of(endpoint, slot.build, lineage, world).mix
    for fault in specs(world):
        if (failure := fault.fails(endpoint)) is not None:
            mix = _failing(mix, *failure)
    return Serving(mixes.judgements.label(slot.build), slot.pool, slot.weight * slot.instances, mix)


def _failing(mix: Mix, error: str, share: float) -> Mix:
    """A share of the requests that would have passed fails for a reason outside the code."""
    passing = mix.of - sum(count for _, count in mix.failing)
    failing = dict(mix.failing)
    failing[error] = failing.get(error, 0) + round(passing * share)
    return replace(mix, failing=tuple(sorted(failing.items())))
