"""What a parameter of an action may be in a scenario: one line for each name, whichever action takes it.

A line `action.parameter` goes before `parameter`. A required parameter that has no line keeps its action out of the
search, and the report says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from sim.prove.statements import statements
from sim.scenario.alerts import alert_name
from sim.scenario.load import Loaded
from sim.scenario.model import Scenario

Values = Callable[[Scenario], Sequence[Any]]
Arguments = dict[str, Any]
MOST = 64

VALUES: Mapping[str, Values] = {
    "service": lambda s: list(s.services),
    "release": lambda s: list(s.releases),
    "base": lambda s: list(s.releases),
    "fix": lambda s: list(s.fixes),
    "flag": lambda s: list(s.flags),
    "percent": lambda _: (0, 50, 100),
    "migration": lambda s: list(s.database.migrations),
    "session": lambda s: [one.name for one in s.database.sessions],
    "job": lambda s: list(s.jobs),
    "pool": lambda s: list(s.pools),
    "backup": lambda s: list(s.database.backups),
    "person": lambda s: list(s.people)[:1],
    "endpoint": lambda s: [name for service in s.services.values() for name in service.endpoints],
    "severity": lambda _: ("SEV1",),
    "claim": lambda _: ("identified",),
    "instances": lambda s: sorted(
        {n for one in s.services.values() for n in (0, one.instances // 2, 2 * one.instances)}
    ),
    "alert": lambda s: [alert_name(e, a) for one in s.services.values() for e in one.endpoints for a in _alerts(s)],
    "schema": lambda _: ("down",),
    "state": lambda _: (),
    "restore_backup.how": lambda _: ("in_place", "beside", "point_in_time"),
    "restore_backup.to": lambda _: (),
    "roll_back.to": lambda s: list(s.releases),
    "shift_traffic.from": lambda s: list(s.pools),
    "shift_traffic.to": lambda s: list(s.pools),
    "stage": lambda s: sorted({name for one in s.services.values() for name in getattr(one, "pipeline", ()) or ()}),
    "mark_migration.state": lambda _: ("applied", "pending"),
}


def arguments(loaded: Loaded, action: str, takes: Mapping[str, tuple[Any, bool]]) -> list[Arguments] | str:
    """Every way to give an action its arguments, at most so many; or why it cannot be searched."""
    scenario = loaded.scenario
    if action in _TOGETHER:
        return list(_TOGETHER[action](loaded))[:MOST]
    choices: dict[str, list[Any]] = {}
    for name, (_, required) in takes.items():
        values = VALUES.get(f"{action}.{name}", VALUES.get(name))
        if values is None and required:
            return f"nothing is known of what its `{name}` may be"
        if values is not None:
            choices[name] = [*([] if required else [None]), *values(scenario)]
    ways = product(*choices.values())
    return [{name: value for name, value in zip(choices, way, strict=True) if value is not None} for way in ways][:MOST]


def _alerts(scenario: Scenario) -> Sequence[Any]:
    return scenario.slo.alerts if scenario.slo is not None else ()


def _deployments(loaded: Loaded) -> Iterator[Arguments]:
    """Each release, each without one of its changes, and each with a fix; pools one by one where there are some."""
    scenario = loaded.scenario
    pools: list[Arguments] = [{}, *({"pool": pool} for pool in scenario.pools)]
    for service, pool in product(scenario.services, pools):
        for release, changes in scenario.releases.items():
            yield {"service": service, "release": release, **pool}
            bearing = [name for name in changes if _does_something(scenario, name)]
            yield from ({"service": service, "base": release, "drop": [name], **pool} for name in bearing)
            for fix, spec in scenario.fixes.items():
                if set(spec.revises) <= set(changes):
                    yield {"service": service, "base": release, "add": [fix], **pool}


def _does_something(scenario: Scenario, change: str) -> bool:
    spec = scenario.changes[change]
    return bool(spec.steps or spec.migration or spec.sdks)


def _forks(loaded: Loaded) -> Iterator[Arguments]:
    for service, (release, changes) in product(loaded.scenario.services, loaded.scenario.releases.items()):
        yield from ({"service": service, "release": release, "without": [name]} for name in changes)


_TOGETHER: Mapping[str, Callable[[Loaded], Iterator[Arguments]]] = {
    "deploy": _deployments,
    "fork_pipeline": _forks,
    "run_sql": lambda loaded: ({"sql": sql} for sql in statements(loaded)),
    "backfill": lambda loaded: ({"sql": sql} for sql in statements(loaded) if sql.lower().startswith("update")),
}
"""Actions whose parameters only make sense together."""
