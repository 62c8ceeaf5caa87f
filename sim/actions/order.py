"""Have a fix written."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, FixOrdered
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Order(Action):
    """Order a fix. The clock of its build starts now; it has to be deployed when it is ready."""

    name = "order"
    needs = "somebody who can write the fix"
    takes = "the build"
    undo = "need not be deployed"
    fix: str

    def decide(self, world: World) -> Facts:
        if self.fix not in world.scenario.fixes:
            return self.unknown("fix", self.fix, tuple(world.scenario.fixes))
        if self.fix in world.fixes:
            return self.refused(f"{self.fix} is {world.fixes[self.fix]} already")
        return (FixOrdered(fix=self.fix),)
