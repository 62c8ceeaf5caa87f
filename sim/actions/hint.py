"""Ask for help."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Hint(Action):
    """Take a hint about a matter: first a nudge, then a direction, then the command. Each costs more than the last."""

    name = "hint"
    needs = "an answer key"
    risk = "points"
    undo = "cannot be taken back"
    thinks = True
    about: str = ""

    def decide(self, world: World) -> Facts:
        del world
        return ()
