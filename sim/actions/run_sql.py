"""Change production by hand."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, ScriptSent
from sim.world import World

LONGEST = 4_000


@dataclass(frozen=True, kw_only=True)
class RunSql(Action):
    """Run SQL on the primary, as written: it waits for its locks, and what it changes stays changed."""

    name = "run_sql"
    needs = "a database"
    takes = "by locks and table size"
    risk = "whatever the statement can do"
    undo = "only by another statement, and not always"
    sql: str
    transaction: bool = False

    def decide(self, world: World) -> Facts:
        if len(self.sql) > LONGEST:
            return self.refused(f"the statement is longer than {LONGEST} characters", "run it in parts")
        if not world.scenario.database.tables:
            return self.refused("this system has no database")
        return (ScriptSent(session=f"console {world.scripts + 1}", sql=self.sql, transaction=self.transaction),)
