"""Not to be paged."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.clock import DAY, millis
from sim.facts import AlertSilenced, Facts
from sim.scenario.alerts import every_alert
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Silence(Action):
    """Keep an alert, or all of an endpoint's, from paging for a while. What it alerts about goes on."""

    name = "silence"
    needs = "an alert"
    risk = "what it alerts about goes on unseen"
    undo = "it ends by itself"
    alert: str
    for_: str = "30m"

    def decide(self, world: World) -> Facts:
        fired = {name: name for name in world.alerts}
        known = fired | {name: endpoint for name, endpoint, _ in every_alert(world.scenario)}
        meant = [name for name, endpoint in known.items() if self.alert in {name, endpoint}]
        if not meant:
            return self.unknown("alert", self.alert, tuple(known))
        try:
            span_ms = millis(self.for_)
        except ValueError as error:
            return self.refused(str(error), "like 30m")
        if not 0 < span_ms <= DAY:
            return self.refused(f"an alert cannot be silent for {self.for_}", "more than 0s, and a day at most")
        return tuple(AlertSilenced(alert=name, until_ms=world.now_ms + span_ms) for name in meant)
