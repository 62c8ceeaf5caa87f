"""Every probe by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sim.actions.base import Action
from sim.actions.look import Look
from sim.engine.engine import Engine
from sim.errors import NotModelled, nearest
from sim.probes import (
    alerts,
    backups,
    builds,
    changelog,
    deploys,
    diff,
    dry_run,
    flags,
    grep,
    hypotheses,
    jobs,
    lint,
    locks,
    logs,
    messages,
    metrics,
    migration_log,
    migrations,
    notes,
    pipeline,
    query,
    runbook,
    schema,
    sessions,
    status,
    tags,
    tests,
    watches,
)  # fmt: skip

PROBES: Mapping[str, Callable[[Engine], str]] = MappingProxyType(
    {
        "changelog": changelog.read, "metrics": metrics.read, "logs": logs.read, "alerts": alerts.read,
        "deploys": deploys.read, "builds": builds.read, "flags": flags.read, "schema": schema.read,
        "migrations": migrations.read, "locks": locks.read, "sessions": sessions.read, "jobs": jobs.read,
        "messages": messages.read, "watches": watches.read, "hypotheses": hypotheses.read, "notes": notes.read,
        "status": status.read, "backups": backups.read,
        "pipeline": pipeline.read, "migration_log": migration_log.read,
        "tests": tests.read, "runbook": runbook.read, "tags": tags.read,
    }
)  # fmt: skip


def look(engine: Engine, action: Look) -> str:
    """The answer to a look at one of the probes."""
    if action.what not in PROBES:
        hint = nearest(action.what, tuple(PROBES), "known: " + ", ".join(PROBES))
        raise NotModelled(f"there is nothing called {action.what!r} to look at; {hint}")
    return PROBES[action.what](engine)


_READERS: Mapping[str, Callable[[Engine, Any], str]] = MappingProxyType(
    {Look.name: look, "query": query.read, "watch": lambda engine, _: watches.read(engine), "grep": grep.read,
     "diff": diff.read, "lint": lint.read, "dry_run": dry_run.read}
)  # fmt: skip


def read_probe(engine: Engine, action: Action) -> str:
    """The answer to an action that looks, as text."""
    return _READERS[action.name](engine, action)
