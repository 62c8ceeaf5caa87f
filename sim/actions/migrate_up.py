"""Run a migration."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, MigrationBegan, ScriptSent
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class MigrateUp(Action):
    """Run a migration that is not applied."""

    name = "migrate_up"
    needs = "a migration that is not applied"
    takes = "by locks and table size"
    risk = "code that is running meets a new schema"
    undo = "migrate_down, if that is possible and loses nothing"
    migration: str

    def decide(self, world: World) -> Facts:
        return send(self, world, self.migration, "up", already="applied")


def send(action: Action, world: World, name: str, direction: str, *, already: str) -> Facts:
    """Hand a migration's script to the database, one migration at a time."""
    known = world.scenario.database.migrations
    if name not in known:
        return action.unknown("migration", name, tuple(known))
    status = world.migrations.get(name)
    if status == already or (status is None and direction == "down"):
        return action.refused(f"{name} is {status or 'not applied'}")
    if dirty := [other for other, state in world.migrations.items() if state == "dirty"]:
        why = f"the migration tool says: dirty database version, {dirty[0]} stopped half-way"
        return action.refused(why, "bring the schema into a known state, then `mark_migration`")
    if busy := [other for other, state in world.migrations.items() if state in ("applying", "undoing")]:
        return action.refused(f"{busy[0]} is running", "migrations run one at a time")
    spec = known[name]
    sql = spec.up if direction == "up" else spec.down
    if sql is None:
        return action.refused(f"{name} has no way down", "write one: `run_sql`")
    sent = ScriptSent(
        session=f"migration {world.scripts + 1}", sql=sql, transaction=spec.transaction,
        lock_timeout_ms=spec.lock_timeout, migration=name, direction=direction,
    )  # fmt: skip
    return (MigrationBegan(migration=name, direction=direction), sent)
