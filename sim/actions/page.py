"""Call somebody."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.chance import between
from sim.clock import later
from sim.facts import Facts, Paged
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Page(Action):
    """Page somebody; they answer in their own time."""

    name = "page"
    needs = "somebody to page"
    takes = "until they answer"
    undo = "cannot be taken back"
    person: str

    def decide(self, world: World) -> Facts:
        people = world.scenario.people
        if self.person not in people:
            return self.unknown("person", self.person, tuple(people))
        if self.person in world.paged:
            return self.refused(f"{self.person} has been paged already", "wait for the answer")
        low, high = people[self.person].answers_in
        takes_ms = between(world.seed, f"answer/{self.person}", low, high)
        answers_at_ms = later(world.now_ms, takes_ms, world.scenario.clock.jumps)
        return (Paged(person=self.person, answers_at_ms=answers_at_ms),)
