"""Ask the replica."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Query(Action):
    """Run one SELECT on the replica and read up to 200 rows."""

    name = "query"
    needs = "a database"
    takes = "up to a few seconds"
    looks = True
    sql: str

    def decide(self, world: World) -> Facts:
        return ()
