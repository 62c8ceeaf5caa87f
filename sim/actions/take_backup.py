"""Take a copy of the database."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import BackupBegan, Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class TakeBackup(Action):
    """Copy the whole database as it is now, under a name, to be restored later."""

    name = "take_backup"
    needs = "tables"
    takes = "by the size of the database; meanwhile no schema can be changed"
    undo = "nothing to undo"
    backup: str

    def decide(self, world: World) -> Facts:
        if not world.scenario.database.tables:
            return self.refused("this system has no database")
        if not self.backup or self.backup in {*world.backups, *world.scenario.database.backups}:
            return self.refused(f"there is a backup {self.backup!r} already", "give it a name of its own")
        return (BackupBegan(session=f"backup {self.backup}", backup=self.backup),)
