"""Say what one takes to be the cause."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, HypothesisHeld
from sim.world import World

STATES = ("open", "supported", "refuted")
LONGEST = 1_000


@dataclass(frozen=True, kw_only=True)
class Hypothesis(Action):
    """Write down what you take to be the cause, and later whether what you saw supports or refutes it."""

    name = "hypothesis"
    undo = "say it again in another state"
    thinks = True
    says: str
    state: str = "open"

    def decide(self, world: World) -> Facts:
        del world
        if self.state not in STATES:
            return self.unknown("state of a hypothesis", self.state, STATES)
        if not self.says.strip() or len(self.says) > LONGEST:
            return self.refused("a hypothesis needs words", f"between 1 and {LONGEST} characters")
        return (HypothesisHeld(says=self.says.strip(), state=self.state),)
