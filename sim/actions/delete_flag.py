"""Take a flag away."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, FlagDeleted
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class DeleteFlag(Action):
    """Delete a flag from the flag service. Code that still asks for it is told 'off', for everybody."""

    name = "delete_flag"
    needs = "a flag"
    risk = "code that still asks for it goes back to its old branch"
    undo = "`create_flag` with the old percentage"
    flag: str

    def decide(self, world: World) -> Facts:
        if self.flag not in world.flags:
            return self.unknown("flag", self.flag, tuple(world.flags))
        return (FlagDeleted(flag=self.flag),)
