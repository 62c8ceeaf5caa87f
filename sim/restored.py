"""What backups and restores make of the world."""

from sim.facts import BackupBegan, BackupEnded, DatabaseRestored, RestoreBegan, RestoreEnded
from sim.world import World


def restored(world: World, fact: BackupBegan | BackupEnded | RestoreBegan | DatabaseRestored | RestoreEnded) -> World:
    """The world in which this has become true."""
    match fact:
        case BackupBegan(session=session, backup=backup):
            return world.but(running=(*world.running, session), backups={**world.backups, backup: None})
        case BackupEnded(session=session, backup=backup, as_of_ms=as_of_ms, sqlstate=sqlstate):
            running = tuple(name for name in world.running if name != session)
            kept = {name: taken for name, taken in world.backups.items() if name != backup}
            return world.but(running=running, backups=kept if sqlstate else {**kept, backup: as_of_ms})
        case RestoreBegan(session=session):
            return world.but(running=(*world.running, session), scripts=world.scripts + 1)
        case DatabaseRestored(migrations=migrations, schema=schema):
            return world.but(migrations=migrations, schema=schema)
        case RestoreEnded(session=session):
            return world.but(running=tuple(name for name in world.running if name != session))
