"""Every probe by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sim.actions.look import Look
from sim.actions.query import Query
from sim.engine.engine import Engine
from sim.errors import NotModelled, nearest
from sim.probes import (
    alerts,
    builds,
    changelog,
    deploys,
    flags,
    jobs,
    locks,
    logs,
    messages,
    metrics,
    migrations,
    query,
    schema,
    sessions,
)  # fmt: skip

PROBES: Mapping[str, Callable[[Engine], str]] = MappingProxyType(
    {
        "changelog": changelog.read, "metrics": metrics.read, "logs": logs.read, "alerts": alerts.read,
        "deploys": deploys.read, "builds": builds.read, "flags": flags.read, "schema": schema.read,
        "migrations": migrations.read, "locks": locks.read, "sessions": sessions.read, "jobs": jobs.read,
        "messages": messages.read,
    }
)  # fmt: skip


def read_probe(engine: Engine, action: Look | Query) -> str:
    """The answer to a look or a query, as text."""
    if isinstance(action, Query):
        return query.read(engine, action.sql)
    if action.what not in PROBES:
        hint = nearest(action.what, tuple(PROBES), "known: " + ", ".join(PROBES))
        raise NotModelled(f"there is nothing called {action.what!r} to look at; {hint}")
    return PROBES[action.what](engine)
