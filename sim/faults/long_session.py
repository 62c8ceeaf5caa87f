"""A session that does not end."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble
from sim.scenario.database import LockMode
from sim.scenario.values import Name, Sql


class LongSession(Trouble):
    """Somebody's transaction stays open and holds its locks: idle, or running the statement `runs` for as long.

    The session ends with the fault, unless somebody ends it (or cancels its statement) before.
    """

    mentions = (("holds", "table"),)
    name: Name
    holds: Annotated[dict[Name, LockMode], Field(min_length=1)]
    runs: Sql | None = None

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.holds.items()), self.runs))
