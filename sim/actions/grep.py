"""Search the source."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Grep(Action):
    """Search the source tree line by line with a basic regular expression, as grep does: a bare ( is itself."""

    name = "grep"
    needs = "a source tree"
    looks = True
    pattern: str
    path: str = ""

    def decide(self, world: World) -> Facts:
        return ()
