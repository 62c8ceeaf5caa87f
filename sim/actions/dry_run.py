"""Rehearse SQL where nobody is hurt."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class DryRun(Action):
    """Run SQL, or a migration, on pre-production and read what PostgreSQL says to each statement; nothing stays.

    `where: production_schema` asks an empty-handed copy of what production's schema is now.
    """

    name = "dry_run"
    needs = "a pre-production"
    takes = "seconds; nothing is changed anywhere"
    looks = True
    sql: str = ""
    migration: str = ""
    where: str = ""

    def decide(self, world: World) -> Facts:
        return ()
