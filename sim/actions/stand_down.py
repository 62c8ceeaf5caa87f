"""Leave."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, StoodDown
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class StandDown(Action):
    """Hand over and leave; the run ends as abandoned."""

    name = "stand_down"
    undo = "cannot be taken back"

    def decide(self, world: World) -> Facts:
        return (StoodDown(),)
