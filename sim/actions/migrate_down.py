"""Undo a migration."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.migrate_up import send
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class MigrateDown(Action):
    """Run a migration's way back on the data as it is now."""

    name = "migrate_down"
    needs = "an applied migration with a way back"
    takes = "by locks and table size"
    risk = "what was written since may be lost, or may make it impossible"
    undo = "not the data"
    migration: str

    def decide(self, world: World) -> Facts:
        return send(self, world, self.migration, "down", already="undone")
