"""Send traffic to another pool."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, TrafficShifted
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class ShiftTraffic(Action):
    """Move a share of one pool's traffic to another: `percent` of what `from` has now, all of it if not said."""

    name = "shift_traffic"
    needs = "two pools"
    takes = "a second"
    risk = "the other pool may run another version, or have too few instances for the load"
    undo = "shift it back"
    from_: str
    to: str
    percent: int = 100
    service: str = ""

    def decide(self, world: World) -> Facts:
        known = {pool: name for name, state in world.serving.items() for pool in state.pools}
        service = self.service or known.get(self.from_, "")
        if service not in world.serving:
            if self.service:
                return self.unknown("service", self.service, tuple(world.serving))
            return self.unknown("pool", self.from_, tuple(known))
        weights = {slot.pool: slot.weight for slot in world.serving[service].slots}
        return self._wrong_pools(service, weights) or self._shift(service, weights)

    def _wrong_pools(self, service: str, weights: Mapping[str, int]) -> Facts:
        if len(weights) == 1:
            return self.refused(f"{service} has one pool", "there is nowhere else to send its traffic")
        for pool in (self.from_, self.to):
            if pool not in weights:
                return self.unknown("pool", pool, tuple(weights))
        if self.from_ == self.to:
            return self.refused("from and to are the same pool", f"pools: {', '.join(weights)}")
        return ()

    def _shift(self, service: str, weights: dict[str, int]) -> Facts:
        if not 1 <= self.percent <= 100:
            return self.refused(f"{self.percent} is no share to move", "1 to 100 percent of what `from` has")
        moved = round(weights[self.from_] * self.percent / 100)
        if not moved:
            return self.refused(
                f"{self.from_} has {weights[self.from_]} % of the traffic; nothing would move",
                ", ".join(f"{pool}: {weight} %" for pool, weight in weights.items()),
            )
        weights[self.from_] -= moved
        weights[self.to] += moved
        return (TrafficShifted(service=service, weights=weights),)
