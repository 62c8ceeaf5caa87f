"""Keep an eye on a number."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, WatchBegan
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Watch(Action):
    """Keep a query that gives one number and ask it once a minute from now on; `look` at watches shows the chart."""

    name = "watch"
    needs = "a database"
    looks = True
    called: str
    sql: str

    def decide(self, world: World) -> Facts:
        return () if self.called in world.watches else (WatchBegan(called=self.called, sql=self.sql),)
