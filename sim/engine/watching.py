"""Alerts, conditions of the story and the end of the run: found on counts that are there, never polled for.

They are looked at once a simulated minute, as alert rules are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sim.clock import SECOND
from sim.engine.endings import end_if_done, healthy
from sim.facts import AlertCleared, AlertFired, Fact
from sim.scenario.alerts import every_alert
from sim.scenario.model import Scenario
from sim.traffic.watch import Burn, Doubt, Over, Trigger

if TYPE_CHECKING:
    from sim.engine.engine import Engine

EVERY_S = 60
Condition = tuple[Trigger, bool, Callable[[], None]]
"""What is waited for: a trigger, whether for its end, and what happens then."""


@dataclass(frozen=True)
class Met:
    """A condition that will hold at a moment, and what happens then."""

    at_ms: int
    happen: Callable[[], None]


@dataclass(frozen=True)
class Watched:
    """An alert of one endpoint: what makes it fire, and what it needs to go on firing."""

    name: str
    fires: Burn
    lasts: Burn
    fire: Callable[[], None]
    clear: Callable[[], None]


def watched(scenario: Scenario, become: Callable[[Fact], None]) -> Iterator[Watched]:
    """Every alert for every endpoint; one clears as soon as its shortest window no longer burns."""
    slo = scenario.slo
    for name, endpoint, alert in every_alert(scenario):
        share = min(1.0, alert.burn * (100 - slo.target) / 100) if slo is not None else 1.0
        windows = tuple(window // SECOND for window in alert.windows)
        yield Watched(
            name=name, fires=Burn(share, windows, endpoint), lasts=Burn(share, (min(windows),), endpoint),
            fire=partial(become, AlertFired(alert=name)), clear=partial(become, AlertCleared(alert=name)),
        )  # fmt: skip


def _looked_at(at_ms: int) -> int:
    """The last second up to a moment at which conditions are looked at."""
    return at_ms // SECOND // EVERY_S * EVERY_S


class Watching:
    """Looks ahead over counted seconds, as far as nothing can change, and remembers the first condition met."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._alerts = tuple(watched(engine.world.scenario, engine.become))
        self._scanned_s = 0
        self._met: Met | None = None
        self._waits: list[tuple[Doubt, Condition]] = []
        self._waits_for: object = None

    def first(self, next_ms: int) -> Met | None:
        """The first condition met up to and including this moment, before which nothing else happens."""
        stop_s = _looked_at(next_ms)
        if stop_s > self._scanned_s and self._met is None:
            self._scan(stop_s)
        return self._met if self._met is not None and self._met.at_ms <= next_ms else None

    def forget(self) -> None:
        """The world has changed: what was seen ahead of now may not come."""
        self._scanned_s = min(self._scanned_s, self._engine.now_ms // SECOND)
        self._met = None

    def _scan(self, stop_s: int) -> None:
        engine, start = self._engine, self._scanned_s
        peek = engine.env.peek()
        until = engine.horizon_s if peek == float("inf") else min(engine.horizon_s, _looked_at(int(peek)))
        self._scanned_s = engine.traffic.foresee(stop_s, until=max(stop_s, until))
        first_s, found = self._scanned_s, list[Callable[[], None]]()
        for trigger, lifted, happen in self._possible(start, first_s):
            second = engine.traffic.first_second(trigger, start, first_s, lifted=lifted, every=EVERY_S)
            if second is not None:
                found = [*found, happen] if found and second == first_s else [happen]
                first_s = second
        if found:
            self._met = Met(first_s * SECOND, lambda: self._happen(first_s, found))

    def _happen(self, second: int, found: Sequence[Callable[[], None]]) -> None:
        """Everything that holds first at one moment, unless the run ends with it."""
        self._scanned_s, self._met = second, None
        for happen in found:
            if self._engine.world.outcome is None:
                happen()

    def _possible(self, after: int, upto: int) -> list[Condition]:
        """The conditions that may be met in a stretch; most of them cannot, and a few numbers tell."""
        world = self._engine.world
        if self._waits_for != (known := (world.alerts, len(self._engine.untold), world.claimed_at_ms)):
            conditions, doubt = list(self._conditions()), self._engine.traffic.doubt
            self._waits_for = known
            self._waits = [(doubt(one[0], lifted=one[1]), one) for one in conditions]
        return [one for may_happen, one in self._waits if upto > after and may_happen(after, upto)]

    def _conditions(self) -> Iterator[Condition]:
        """Everything that is waited for now."""
        engine, scenario = self._engine, self._engine.world.scenario
        for alert in self._alerts:
            if alert.name in engine.world.alerts:
                yield alert.lasts, True, alert.clear
            else:
                yield alert.fires, False, alert.fire
        for number, line in enumerate(scenario.story):
            rate = line.when.error_rate if line.when else None
            if rate is not None and number in engine.untold:
                yield Over(rate.endpoint, rate.over, rate.lasts // SECOND), False, partial(engine.tell_story, number)
        if engine.world.claimed_at_ms is not None:
            yield healthy(scenario, hold_ms=scenario.done.hold), False, lambda: end_if_done(engine)
