"""Change many rows a few at a time."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.run_sql import LONGEST
from sim.clock import millis
from sim.facts import BackfillBegan, Facts
from sim.world import World

MOST_AT_ONCE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Backfill(Action):
    """Carry out one UPDATE or DELETE in batches, in the order of the primary key, each a transaction of its own.

    A batch takes the next `batch` rows that its WHERE finds then, and reads the WHERE again when it writes.
    """

    name = "backfill"
    needs = "a table with a whole number as its primary key"
    takes = "by the rows it writes, and a pause after each batch"
    risk = "whatever the statement can do, a batch at a time"
    undo = "`cancel_statement` stops it; batches that are done stay done"
    sql: str
    batch: int = 10_000
    pause: str = "500ms"
    after: int = 0

    def decide(self, world: World) -> Facts:
        if not world.scenario.database.tables:
            return self.refused("this system has no database")
        if (wrong := self._misfit()) is not None:
            return self.refused(*wrong)
        session, pause_ms = f"backfill {world.scripts + 1}", millis(self.pause)
        return (BackfillBegan(session=session, sql=self.sql, batch=self.batch, pause_ms=pause_ms, after=self.after),)

    def _misfit(self) -> tuple[str, str] | None:
        """What cannot be in what was asked for, and what could."""
        if len(self.sql) > LONGEST:
            return f"the statement is longer than {LONGEST} characters", "say less in it"
        if not self.sql.lstrip().lower().startswith(("update", "delete")):
            return "what is done in batches is one UPDATE or one DELETE", "for anything else: `run_sql`"
        if not 1 <= self.batch <= MOST_AT_ONCE:
            return f"a batch of {self.batch} rows cannot be", f"say 1 to {MOST_AT_ONCE}"
        try:
            possible = millis(self.pause) >= 0
        except ValueError as problem:
            return str(problem), "500ms is usual"
        return None if possible else (f"a pause of {self.pause} cannot be", "0s is the shortest")
