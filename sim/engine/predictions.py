"""What somebody predicted of an action, held against what came: shares of failures before it, and once it took hold."""

from collections.abc import Generator
from math import sqrt
from typing import TYPE_CHECKING, Any

from sim.clock import SECOND, millis
from sim.facts import Predicted, PredictionSettled

if TYPE_CHECKING:
    from simpy import Process

    from sim.engine.engine import Engine

WITHIN = "5m"
LEAST = 0.005
TENTH = 0.1
SIGMAS = 3.0
Count = tuple[int, int]
"""Failed and total requests."""


def settle(engine: "Engine", said: Predicted, begun: "list[Process]") -> Generator[Any, Any, None]:
    """Wait until what the action began has ended, then for as long as the prediction says; compare, and say so."""
    asked_ms, effects = engine.now_ms, said.effects
    yield engine.env.all_of(begun)
    began_ms, within_ms = engine.now_ms, millis(effects.get("within", WITHIN))
    yield engine.env.timeout(within_ms)
    engine.settle()
    before = _count(engine, effects, asked_ms - within_ms, asked_ms)
    after = _count(engine, effects, began_ms + SECOND, engine.now_ms)
    came = direction(before, after)
    right = came == effects.get("errors")
    engine.become(PredictionSettled(action=said.action, effects=effects, came=came, right=right))


def _count(engine: "Engine", effects: dict[str, str], start_ms: int, stop_ms: int) -> Count:
    every = [name for service in engine.world.scenario.services.values() for name in service.endpoints]
    first, last = max(0, start_ms) // SECOND, stop_ms // SECOND
    named = [effects["endpoint"]] if "endpoint" in effects else every
    tallies = [engine.traffic.tally(name, min(first, last), last) for name in named if name in every]
    return sum(tally.failed for tally in tallies), sum(tally.total for tally in tallies)


def direction(before: Count, after: Count) -> str:
    """Up, down, or unchanged: moved by less than half a point, a tenth of itself, or what chance alone would do."""
    (failed, total), (fails, totals) = before, after
    if not total or not totals:
        return "unchanged"
    was, now, both = failed / total, fails / totals, (failed + fails) / (total + totals)
    noise = SIGMAS * sqrt(both * (1 - both) * (1 / total + 1 / totals))
    if abs(now - was) <= max(LEAST, TENTH * was, noise):
        return "unchanged"
    return "up" if now > was else "down"
