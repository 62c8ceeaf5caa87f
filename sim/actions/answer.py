"""Answer a question of the debrief."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Answer(Action):
    """Answer one of the scenario's questions, by the names of the choices you take to be right; also after the end."""

    name = "answer"
    needs = "an answer key"
    undo = "answer again"
    thinks = True
    question: str
    choice: tuple[str, ...]

    def decide(self, world: World) -> Facts:
        del world
        return ()
