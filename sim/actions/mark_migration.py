"""Tell the migration tool what is."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, MigrationMarked
from sim.world import World

STATES = ("applied", "undone")


@dataclass(frozen=True, kw_only=True)
class MarkMigration(Action):
    """Tell the migration tool that a migration is applied, or undone. It believes it; no statement runs."""

    name = "mark_migration"
    needs = "a migration"
    risk = "the tool's memory and the schema may part ways"
    undo = "mark it again"
    migration: str
    state: str

    def decide(self, world: World) -> Facts:
        known = world.scenario.database.migrations
        if self.migration not in known:
            return self.unknown("migration", self.migration, tuple(known))
        if self.state not in STATES:
            return self.unknown("state", self.state, STATES)
        status = world.migrations.get(self.migration, "undone")
        if status in {"applying", "undoing"}:
            return self.refused(f"{self.migration} is running", "wait for its end, or `cancel_statement`")
        if status == self.state:
            return self.refused(f"{self.migration} is marked so already")
        return (MigrationMarked(migration=self.migration, state=self.state),)
