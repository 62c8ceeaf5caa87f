"""Run more instances, or fewer."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, ScaleBegan
from sim.world import World

MOST = 1_000


@dataclass(frozen=True, kw_only=True)
class Scale(Action):
    """Give a service, or one of its pools, so many instances: new ones take their time, surplus ones leave at once."""

    name = "scale"
    needs = "a service"
    takes = "a start of instances; fewer at once"
    risk = "each instance opens its connections to the database; with too few, requests wait and fail"
    undo = "scale back"
    service: str
    instances: int
    pool: str = ""

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        state = world.serving[self.service]
        if not self.pool and len(state.pools) > 1:
            return self.refused(f"{self.service} has several pools", f"say `pool:` one of: {', '.join(state.pools)}")
        pool = self.pool or state.pools[0]
        if pool not in state.pools:
            return self.unknown("pool", pool, state.pools)
        if not 0 <= self.instances <= MOST:
            return self.refused(f"{self.instances} instances cannot be had", f"0 to {MOST}")
        if self.instances == state.wanted.get(pool, state.instances(pool)):
            return self.refused(f"{pool} has, or is about to have, {self.instances} instances already")
        return (ScaleBegan(service=self.service, pool=pool, instances=self.instances),)
