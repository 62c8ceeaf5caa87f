"""Alerts, conditions of the story and the end of the run: found on counts that are there, never polled for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.clock import SECOND
from sim.engine.endings import end_if_done, healthy
from sim.facts import AlertFired
from sim.scenario.model import BurnAlert, Scenario
from sim.traffic.watch import Burn, Over, Trigger

if TYPE_CHECKING:
    from sim.engine.engine import Engine


@dataclass(frozen=True)
class Met:
    """A condition that will hold at a moment, and what happens then."""

    at_ms: int
    happen: Callable[[], None]


def alert_name(alert: BurnAlert) -> str:
    """How an alert calls itself."""
    return f"error budget burns {alert.burn:g} times too fast"


class Watching:
    """Looks ahead over counted seconds, as far as nothing can change, and remembers the first condition met."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._scanned_s = 0
        self._met: Met | None = None

    def first(self, next_ms: int) -> Met | None:
        """The first condition met up to and including this moment, before which nothing else happens."""
        stop_s = next_ms // SECOND
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
        until = engine.horizon_s if peek == float("inf") else min(engine.horizon_s, int(peek) // SECOND)
        self._scanned_s = engine.traffic.settle(stop_s, until=max(stop_s, until))
        found: tuple[int, Callable[[], None]] | None = None
        for trigger, happen in self._conditions():
            second = engine.traffic.first_second(trigger, start, self._scanned_s)
            if second is not None and (found is None or second < found[0]):
                found = second, happen
        if found is not None:
            at_ms, happen = found[0] * SECOND, found[1]
            self._met = Met(at_ms, lambda: self._happen(at_ms, happen))

    def _happen(self, at_ms: int, happen: Callable[[], None]) -> None:
        self._scanned_s, self._met = at_ms // SECOND, None
        happen()

    def _conditions(self) -> Iterator[tuple[Trigger, Callable[[], None]]]:
        engine, scenario = self._engine, self._engine.world.scenario
        for alert in scenario.slo.alerts if scenario.slo else ():
            if alert_name(alert) not in engine.world.alerts:
                yield self._alert(alert, scenario)
        for number, line in enumerate(scenario.story):
            rate = line.when.error_rate if line.when else None
            if rate is not None and number in engine.untold:
                yield Over(rate.endpoint, rate.over, rate.lasts // SECOND), self._line(number)
        if engine.world.claimed_at_ms is not None:
            yield healthy(scenario, hold_ms=scenario.done.hold), lambda: end_if_done(engine)

    def _alert(self, alert: BurnAlert, scenario: Scenario) -> tuple[Trigger, Callable[[], None]]:
        assert scenario.slo is not None
        name, windows = alert_name(alert), tuple(window // SECOND for window in alert.windows)
        share = min(1.0, alert.burn * (100 - scenario.slo.target) / 100)
        return Burn(share, windows), lambda: self._engine.become(AlertFired(alert=name))

    def _line(self, number: int) -> Callable[[], None]:
        return lambda: self._engine.tell_story(number)
