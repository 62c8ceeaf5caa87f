"""Turn a feature up or down."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, FlagSet
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class SetFlag(Action):
    """Set the percentage of requests that a flag is on for; takes hold at once."""

    name = "set_flag"
    needs = "a flag"
    risk = "only what the code really gates follows the flag"
    undo = "set it back"
    flag: str
    percent: int

    def decide(self, world: World) -> Facts:
        if self.flag not in world.flags:
            return self.unknown("flag", self.flag, tuple(world.flags))
        if not 0 <= self.percent <= 100:
            return self.refused(f"{self.percent} is no percentage", "0 to 100")
        return (FlagSet(flag=self.flag, percent=self.percent),)
