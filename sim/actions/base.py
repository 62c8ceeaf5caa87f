"""What every action has: a name, what it costs, and one method that answers from the world."""

from dataclasses import dataclass
from typing import ClassVar

from sim.facts import Facts, Refused
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something a trainee does. The docstring of each member is its description, wherever it is described."""

    name: ClassVar[str]
    needs: ClassVar[str] = "nothing"
    takes: ClassVar[str] = "no time"
    risk: ClassVar[str] = "none"
    undo: ClassVar[str] = "nothing to undo"
    looks: ClassVar[bool] = False
    thinks: ClassVar[bool] = False
    """Nothing in production notices, so that no digest rests on it."""
    outside: ClassVar[bool] = False
    """Answered by a program of this machine, so that the answer is no part of the run."""

    def decide(self, world: World) -> Facts:
        """What becomes true at once; what follows from it in time is the engine's part."""
        raise NotImplementedError

    def refused(self, why: str, hint: str = "") -> Facts:
        """The action's 'no': a fact, so that it can be told and graded."""
        return (Refused(action=self.name, why=why, hint=hint, look=self.looks or self.thinks),)

    def unknown(self, kind: str, name: str, known: tuple[str, ...]) -> Facts:
        """A 'no' to a name that this world does not have."""
        return self.refused(f"there is no {kind} {name!r}", f"known: {', '.join(known) or 'none'}")
