"""Write something down."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, Noted
from sim.world import World

LONGEST = 4_000


@dataclass(frozen=True, kw_only=True)
class Note(Action):
    """Write something down for yourself and for the debrief; `look` at notes shows them all."""

    name = "note"
    undo = "write another"
    thinks = True
    text: str

    def decide(self, world: World) -> Facts:
        del world
        if not self.text.strip() or len(self.text) > LONGEST:
            return self.refused("a note needs words", f"between 1 and {LONGEST} characters")
        return (Noted(text=self.text.strip()),)
