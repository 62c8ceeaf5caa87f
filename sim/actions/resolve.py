"""Say that it is over."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Claimed, Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Resolve(Action):
    """Claim that the incident is resolved. Whether it is, is computed: healthy, and held."""

    name = "resolve"
    risk = "a claim that proves false"
    undo = "cannot be taken back"

    def decide(self, world: World) -> Facts:
        return (Claimed(),)
