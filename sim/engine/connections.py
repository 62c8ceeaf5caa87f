"""The database's connections: who holds them, and what is left for the application when they run out.

Every instance keeps its whole pool open. Where there are not enough, all go short in proportion: that share of the
requests finds no connection and fails at once.
"""

from dataclasses import replace
from itertools import chain

from sim.engine.stricken import answering
from sim.traffic.values import Mix
from sim.world import World

TOO_MANY = "53300"
KEPT_FOR_OPERATORS = 3


def wanted(world: World) -> int:
    """The connections that the instances of all services would hold."""
    return sum(
        slot.instances * spec.pool.connections
        for name, spec in world.scenario.services.items()
        if _asks(world, name)
        for slot in answering(world, name)
    )


def others(world: World) -> int:
    """The connections held by whoever is no instance: sessions, migrations, and backends whose client is gone."""
    migrations = sum(name.startswith("migration") for name in world.running)
    return len(world.sessions) + migrations + sum(some.count for some in world.orphans)


def shortage_of(world: World) -> tuple[int, int] | None:
    """How many connections there are for how many that are wanted; None, if everybody has one."""
    limit = world.scenario.database.max_connections
    if limit is None:
        return None
    room, asked = max(0, limit - KEPT_FOR_OPERATORS - others(world)), wanted(world)
    return (room, asked) if room < asked else None


def connected(world: World, connections: int) -> int:
    """How many of a pool's connections are open; one at least, so that a full database is not taken for no service."""
    if connections == 0 or (short := shortage_of(world)) is None:
        return connections
    return max(1, connections * short[0] // short[1])


def without_connection(mix: Mix, world: World) -> Mix:
    """Of the requests that would ask the database, the share that finds no connection fails at once."""
    if (short := shortage_of(world)) is None:
        return mix
    room, asked = short
    asking = mix.of - sum(count for _, count in mix.early_failing)
    late = [(error, count * room // asked) for error, count in mix.late_failing]
    refused = asking - asking * room // asked
    failing = sorted((*mix.early_failing, *((error, count) for error, count in late if count), (TOO_MANY, refused)))
    kept = tuple(error for error, count in late if count)
    return replace(mix, failing=tuple(failing), late=kept, harmed=mix.harmed * room // asked)


def _asks(world: World, service: str) -> bool:
    """Whether a service has anything to do with the database."""
    endpoints = world.scenario.services[service].endpoints
    changed = (change.steps for change in (*world.scenario.changes.values(), *world.scenario.fixes.values()))
    written = chain(
        (spec.steps for spec in endpoints.values()),
        (steps for works in changed for name, steps in works.items() if name in endpoints),
    )
    return any(step.sql is not None for steps in written for step in steps.values())
