"""Read what a change changed."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Diff(Action):
    """Read the diff of a change, or of everything that one release has and another (`base`) has not."""

    name = "diff"
    needs = "a change"
    looks = True
    change: str = ""
    release: str = ""
    base: str = ""

    def decide(self, world: World) -> Facts:
        return ()
