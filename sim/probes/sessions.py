"""Who is connected, the application included, and how many connections there are."""

from sim.engine.connections import shortage_of, wanted
from sim.engine.engine import Engine
from sim.world import Batches


def read(engine: Engine) -> str:
    """Open transactions and running statements by session, and the connections that services and orphans hold."""
    world = engine.world
    lines = [f"{name}: idle in transaction" for name in world.sessions]
    lines += [f"{name}: running or waiting{_progress(world.backfills.get(name))}" for name in world.running]
    lines += [
        f"{some.count} backends of {some.pool}: waiting for {some.mode} on {some.table}, their client is gone"
        for some in world.orphans
    ]
    return "\n".join([*lines, *_connections(engine)]) or "no sessions but the application's"


def _connections(engine: Engine) -> list[str]:
    """Counts, where the database has a limit."""
    limit = engine.world.scenario.database.max_connections
    if limit is None:
        return []
    asked, short = wanted(engine.world), shortage_of(engine.world)
    open_ = asked if short is None else short[0]
    missing = "" if short is None else f"; {asked - open_} more are refused with 53300"
    allowed = f"the database allows {limit}, of which 3 are for operators"
    return [f"the services' pools: {open_} connections of {asked} open{missing}; {allowed}"]


def _progress(batches: Batches | None) -> str:
    if batches is None:
        return ""
    return f"; {batches.ran} batches done, {batches.rows} rows, up to key {batches.upto}: {batches.sql}"
