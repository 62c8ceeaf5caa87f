"""Read one of the production's faces."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Look(Action):
    """Read something: the changelog, metrics, logs, schema, locks … It never changes the world."""

    name = "look"
    looks = True
    what: str

    def decide(self, world: World) -> Facts:
        return ()
