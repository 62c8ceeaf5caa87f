"""Somebody cannot be reached."""

from sim.faults.base import Trouble
from sim.scenario.values import Name


class NoAnswer(Trouble):
    """A person does not answer while the fault lasts."""

    mentions = (("person", "person"),)
    person: Name

    def keeps_from_answering(self, person: str) -> bool:
        return person == self.person
