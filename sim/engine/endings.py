"""What 'resolved' means: healthy and every named invariant true, held; computed, never claimed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.clock import MINUTE, SECOND
from sim.facts import Ended
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


def end_if_done(engine: "Engine") -> None:
    """Somebody has claimed that it is over: end the run if it is.

    Where it is not, that is asked again when something has happened, or after a while: users change rows too.
    """
    if engine.changes == engine.unmet_changes and engine.now_ms < engine.unmet_at_ms + ASKED_AGAIN_MS:
        return
    outcome, resolved_at_ms = outcome_now(engine, abandoned=False)
    if outcome == RESOLVED:
        engine.become(Ended(outcome=outcome, resolved_at_ms=resolved_at_ms))
    engine.unmet_changes, engine.unmet_at_ms = engine.changes, engine.now_ms


def outcome_now(engine: "Engine", *, abandoned: bool) -> tuple[str, int | None]:
    """How the run would end if it ended now."""
    done = engine.world.scenario.done
    engine.settle()
    since_s = engine.traffic.since(healthy(engine.world.scenario), engine.now_ms // SECOND)
    if since_s is not None:
        resolved_at_ms = max(0, since_s - 1) * SECOND + done.hold
        in_time = done.by is None or resolved_at_ms <= done.by
        if resolved_at_ms <= engine.now_ms and in_time and all(holds(engine) for holds in CRITERIA):
            return RESOLVED, resolved_at_ms
    return (ABANDONED if abandoned else TIMED_OUT), None


def _invariants(engine: "Engine") -> bool:
    return all(engine.rows.holds(name) for name in engine.world.scenario.done.sql)


def _data_kept(engine: "Engine") -> bool:
    most = engine.world.scenario.done.data.model_dump(exclude_none=True)
    if not most:
        return True
    came = engine.rows.data()
    return all(came[kind] <= bound for kind, bound in most.items())


CRITERIA: tuple[Callable[["Engine"], bool], ...] = (_invariants, _data_kept)
"""What has to be true at the end besides health, each asked only when those before it are."""
