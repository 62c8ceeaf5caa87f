"""Stop instances and start them again."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, RestartBegan
from sim.world import Serving, World


@dataclass(frozen=True, kw_only=True)
class Restart(Action):
    """Restart the instances of a service, or of one pool, so many at once; each is away while it starts."""

    name = "restart"
    needs = "a service with instances"
    takes = "a start for each batch of instances"
    risk = "what they were doing is cut off, the others carry their load, and a backend that waits is left waiting"
    undo = "nothing to undo; `cancel` stops it where it is"
    service: str
    pool: str = ""
    at_once: int = 1

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        state = world.serving[self.service]
        if self.pool and self.pool not in state.pools:
            return self.unknown("pool", self.pool, state.pools)
        pools = (self.pool,) if self.pool else state.pools
        return self._in_the_way(state, pools) or (
            RestartBegan(service=self.service, pools=pools, at_once=self.at_once),
        )

    def _in_the_way(self, state: Serving, pools: tuple[str, ...]) -> Facts:
        if self.at_once < 1:
            return self.refused(f"{self.at_once} at once would never end", "1 or more")
        if state.restarting:
            return self.refused(f"{self.service} is being restarted", "wait for it, or `cancel` it")
        if not any(state.instances(pool) for pool in pools):
            return self.refused(f"no instance of {self.service} is up there", "`scale` it first")
        return ()
