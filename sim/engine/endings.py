"""What 'resolved' means: healthy and every named invariant true, held; computed, never claimed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.clock import MINUTE, SECOND, next_time
from sim.engine.shipped import is_announced, is_gated, is_out, is_told, out_since_ms
from sim.facts import BatchRan, DatabaseRestored, Ended, FlagDeleted, InstancesReplaced, RowsChanged
from sim.scenario.model import Scenario
from sim.traffic.watch import Healthy

if TYPE_CHECKING:
    from sim.engine.engine import Engine

RESOLVED, TIMED_OUT, ABANDONED = "resolved", "timed_out", "abandoned"
HEALTH_WINDOW_S = MINUTE // SECOND
ASKED_AGAIN_MS = 10 * MINUTE


def healthy(scenario: Scenario, *, hold_ms: int = 0) -> Healthy:
    """Each endpoint's failures of the last minute stay below the bound, for so long."""
    wanted = scenario.done.healthy
    every = tuple(name for service in scenario.services.values() for name in service.endpoints)
    endpoints = every if wanted.endpoints == "all" else tuple(wanted.endpoints)
    return Healthy(endpoints, wanted.below, HEALTH_WINDOW_S, hold_ms // SECOND)


def not_before_ms(scenario: Scenario) -> int:
    """The moment before which nobody is believed that it is over."""
    time, clock = scenario.done.not_before, scenario.clock
    return next_time(clock.starts, 0, time, clock.jumps) if time is not None else 0


def work_of(scenario: Scenario) -> tuple[str, ...]:
    """The jobs whose work has to be done at the end: those that are named, or all that have deadlines."""
    wanted = scenario.done.work
    if wanted is None:
        return ()
    return tuple(name for name, job in scenario.jobs.items() if job.timed) if wanted.jobs == "all" else wanted.jobs


def end_if_done(engine: "Engine") -> None:
    """Somebody has claimed that it is over: end the run if it is.

    Rows that said no are asked again when something has happened, or after a while: users change rows too.
    """
    if not all(holds(engine) for holds in CRITERIA):
        return
    if engine.changes == engine.unmet_changes and engine.now_ms < engine.unmet_at_ms + ASKED_AGAIN_MS:
        return
    outcome, resolved_at_ms = outcome_now(engine, abandoned=False)
    if outcome == RESOLVED:
        engine.become(Ended(outcome=outcome, resolved_at_ms=resolved_at_ms))
    if engine.now_ms >= _changed_ms(engine) + engine.world.scenario.done.hold:
        engine.unmet_changes, engine.unmet_at_ms = engine.changes, engine.now_ms


def outcome_now(engine: "Engine", *, abandoned: bool) -> tuple[str, int | None]:
    """How the run would end if it ended now."""
    done = engine.world.scenario.done
    engine.settle()
    since_s = engine.traffic.since(healthy(engine.world.scenario), engine.now_ms // SECOND)
    if since_s is not None:
        healthy_ms = max(0, (since_s - 1) * SECOND, _changed_ms(engine), out_since_ms(engine))
        resolved_at_ms = max(healthy_ms + done.hold, not_before_ms(engine.world.scenario))
        in_time = done.by is None or resolved_at_ms <= done.by
        if resolved_at_ms <= engine.now_ms and in_time and all(holds(engine) for holds in (*CRITERIA, *ROW_CRITERIA)):
            return RESOLVED, resolved_at_ms
    return (ABANDONED if abandoned else TIMED_OUT), None


def _invariants(engine: "Engine") -> bool:
    return all(engine.rows.holds(name) for name in engine.world.scenario.done.sql)


def _data_kept(engine: "Engine") -> bool:
    kept = engine.world.scenario.done.data
    most = kept.model_dump(exclude_none=True, exclude={"wrong"})
    if not most and not kept.wrong:
        return True
    came = engine.rows.data()
    return all(came.totals()[kind] <= bound for kind, bound in most.items()) and all(
        came.wrong[name] <= bound for name, bound in kept.wrong.items()
    )


def _late_enough(engine: "Engine") -> bool:
    return engine.now_ms >= not_before_ms(engine.world.scenario)


def _work_done(engine: "Engine") -> bool:
    wanted, world = engine.world.scenario.done.work, engine.world
    if wanted is None:
        return True
    loads = [world.work[name] for name in work_of(world.scenario)]
    idle = any(name in world.paused_jobs for name in work_of(world.scenario))
    stuck = any(load.late or load.failing for load in loads)
    return not idle and not stuck and sum(load.overdue for load in loads) <= wanted.overdue


def _changed_ms(engine: "Engine") -> int:
    """When somebody other than users last changed rows, or something that has to go or to be shipped did so."""
    done, changed = engine.world.scenario.done, 0
    for entry in engine.journal.entries:
        match entry.fact:
            case FlagDeleted(flag=name) if name in done.flags_gone:
                changed = entry.at_ms
            case InstancesReplaced(service=name) if name in done.ships:
                changed = entry.at_ms
            case BatchRan() | RowsChanged() | DatabaseRestored():
                changed = entry.at_ms
            case _:
                pass
    return changed


def _flags_gone(engine: "Engine") -> bool:
    return not set(engine.world.scenario.done.flags_gone) & set(engine.world.flags)


def _shipped(engine: "Engine") -> bool:
    return all(
        set(changes) <= slot.build
        for service, changes in engine.world.scenario.done.ships.items()
        for slot in engine.world.serving[service].slots
        if slot.instances
    )


CRITERIA: tuple[Callable[["Engine"], bool], ...] = (
    is_out,
    is_announced,
    is_gated,
    is_told,
    _late_enough,
    _work_done,
    _flags_gone,
    _shipped,
)
"""What has to be true at the end besides health, each asked only when those before it are."""

ROW_CRITERIA: tuple[Callable[["Engine"], bool], ...] = (_invariants, _data_kept)
"""The same of the rows, which are asked last: that takes time."""
