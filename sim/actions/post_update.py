"""Tell those who wait."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, Posted
from sim.world import World

CLAIMS = ("", "investigating", "identified", "mitigated", "resolved")


@dataclass(frozen=True, kw_only=True)
class PostUpdate(Action):
    """Post a status update; what it claims is later held against the truth."""

    name = "post_update"
    undo = "post a correction"
    text: str
    claim: str = ""

    def decide(self, world: World) -> Facts:
        if self.claim not in CLAIMS:
            return self.unknown("claim", self.claim, CLAIMS[1:])
        return (Posted(text=self.text, claim=self.claim),)
