"""Tell everybody beforehand."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Announced, Facts
from sim.world import World

MATTERS = ("plan", "quiet_hour")
LONGEST = 4_000


@dataclass(frozen=True, kw_only=True)
class Announce(Action):
    """Announce what is going to be done (`plan`), or a time in which nobody else ships (`quiet_hour`)."""

    name = "announce"
    undo = "announce something else"
    what: str
    text: str

    def decide(self, world: World) -> Facts:
        del world
        if self.what not in MATTERS:
            return self.unknown("announcement", self.what, MATTERS)
        if not self.text.strip() or len(self.text) > LONGEST:
            return self.refused("an announcement needs words", f"between 1 and {LONGEST} characters")
        return (Announced(what=self.what, text=self.text),)
