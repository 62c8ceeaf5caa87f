"""The world, as traffic meets it: rates, versions, mixes, connections and locks, until something changes."""

from collections.abc import Sequence
from math import lcm, prod

from sim.engine.connections import connected, shortage_of, without_connection
from sim.engine.mixes import Mixes
from sim.engine.stricken import answering, full_disks, specs, stricken
from sim.judge.values import Lineage
from sim.locks import stalls
from sim.scenario.model import Endpoint
from sim.traffic.values import NOBODY, Flow, Mix, Pool, Regime, Serving
from sim.world import Slot, World


def regime_of(world: World, mixes: Mixes, lineage: Lineage) -> Regime:
    """Every flow and every pool under this world; where no rows decide, the same in every run."""
    slots = tuple(state.slots for state in world.serving.values())
    locks = tuple((lock.table, lock.mode) for lock in world.locks)
    short, cuts = shortage_of(world), tuple(world.cuts.items())
    key = (slots, tuple(world.flags.items()), lineage.key, locks, world.faults, world.rows_moved, short, cuts)
    known = mixes.regimes if mixes.judgements.over_rows else mixes.judgements.regimes
    if (regime := known.get(key)) is None:
        regime = known[key] = _regime(world, mixes, lineage)
    return regime


def _regime(world: World, mixes: Mixes, lineage: Lineage) -> Regime:
    flows, pools = [], []
    for name, service in world.scenario.services.items():
        slots = answering(world, name)
        slowdown = prod(spec.slows_statements() for spec in specs(world))
        for pool in dict.fromkeys(slot.pool for slot in slots):
            instances = sum(slot.instances for slot in slots if slot.pool == pool)
            servers = connected(world, instances * service.pool.connections)
            pools.append(Pool(pool, servers, service.pool.timeout, slowdown, world.cuts.get(pool, ())))
        for endpoint, spec in service.endpoints.items():
            flows.append(_flow(world, mixes, lineage, endpoint, spec, (name, slots)))
    return Regime(tuple(flows), tuple(pools))


def _flow(
    world: World, mixes: Mixes, lineage: Lineage, endpoint: str, spec: Endpoint, serving: tuple[str, Sequence[Slot]]
) -> Flow:
    service, slots = serving
    locks = {lock for slot in slots for lock in mixes.judgements.locks(endpoint, slot.build)}
    full = full_disks(world, service, slots)
    return Flow(
        endpoint=endpoint,
        rps=spec.rps * prod(fault.multiplies(endpoint) for fault in specs(world)),
        background=(spec.background.cause, spec.background.errors) if spec.background else None,
        median_ms=spec.latency.median,
        sigma=spec.latency.sigma,
        serving=(
            *(
                Serving(
                    mixes.judgements.label(slot.build), slot.pool, weight,
                    _mix(world, mixes, lineage, endpoint, slot, cannot_write),
                )
                for slot, weight, cannot_write in zip(slots, _weights(slots), full, strict=True)
            ),
            *_deserted(slots),
        ),
        stalled=bool(world.locks) and any(stalls(world.locks, table, mode) for table, mode in locks),
        needs_pool=bool(locks),
    )  # fmt: skip


def _mix(world: World, mixes: Mixes, lineage: Lineage, endpoint: str, slot: Slot, cannot_write: float) -> Mix:
    judgements = mixes.judgements
    mix = mixes.of(endpoint, slot.build, lineage, world).mix
    if judgements.locks(endpoint, slot.build):
        mix = without_connection(mix, world)
    return stricken(world, endpoint, mix, cannot_write=cannot_write if judgements.writes(endpoint, slot.build) else 0.0)


def _weights(slots: Sequence[Slot]) -> list[int]:
    """A pool's weight, parted among its instances."""
    every = _instances(slots)
    whole = lcm(*(count for count in every.values() if count))
    return [slot.weight * slot.instances * (whole // max(1, every[slot.pool])) for slot in slots]


def _deserted(slots: Sequence[Slot]) -> list[Serving]:
    """What is sent to a pool in which nothing is up meets nobody."""
    every = _instances(slots)
    whole = lcm(*(count for count in every.values() if count))
    weights = {slot.pool: slot.weight for slot in slots if not every[slot.pool]}
    return [Serving("", pool, weight * whole, NOBODY) for pool, weight in weights.items() if weight]


def _instances(slots: Sequence[Slot]) -> dict[str, int]:
    """How many instances each pool has."""
    every: dict[str, int] = {}
    for slot in slots:
        every[slot.pool] = every.get(slot.pool, 0) + slot.instances
    return every
