"""Let time pass."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.clock import millis, show, spell
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class SkipTo(Action):
    """Let time pass up to a moment of the clock or, without one, until something happens that one would hear of."""

    name = "skip_to"
    takes = "the time that is skipped"
    risk = "what happens meanwhile happens"
    undo = "time goes forward"
    thinks = True
    to: str = ""

    def decide(self, world: World) -> Facts:
        limit_ms = world.scenario.clock.limit
        try:
            target_ms = millis(self.to) if self.to else limit_ms
        except ValueError as error:
            return self.refused(str(error), "like 40m, from the start of the clock")
        if target_ms < world.now_ms:
            return self.refused(f"{self.to} has passed", f"it is {show(world.now_ms)}")
        if target_ms > limit_ms:
            return self.refused(f"{self.to} comes after the end of the story", f"it ends at {spell(limit_ms)}")
        return ()
