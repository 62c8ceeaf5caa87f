"""Bring back what a backup holds."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.clock import millis, show
from sim.facts import Facts, RestoreBegan
from sim.world import World

HOW = ("in_place", "beside", "point_in_time")
MOMENT = "`to:` is a time since clock zero, like 1h05m"


@dataclass(frozen=True, kw_only=True)
class RestoreBackup(Action):
    """Restore a backup: in place of what is there, beside it (as tables restored_…), or to a point in time since."""

    name = "restore_backup"
    needs = "a backup"
    takes = "by the size of what is restored; in place, nobody reads or writes it meanwhile"
    risk = "in place, whatever was written since is lost"
    undo = "only from a backup taken before"
    backup: str
    how: str
    to: str = ""
    tables: tuple[str, ...] = ()

    def decide(self, world: World) -> Facts:
        known = tuple(world.scenario.database.tables)
        for kind, name, those in (
            ("backup", self.backup, tuple(world.backups)), *(("table", table, known) for table in self.tables)
        ):  # fmt: skip
            if name not in those:
                return self.unknown(kind, name, those)
        if self.how not in HOW:
            return self.unknown("way to restore", self.how, HOW)
        taken_ms = world.backups[self.backup]
        if taken_ms is None:
            return self.refused(f"{self.backup} is still being taken", "wait until it is there: look at backups")
        if busy := [session for session in world.running if session.startswith("restore ")]:
            return self.refused(f"{busy[0]} is running", "restores run one at a time")
        try:
            as_of_ms = self._as_of(world, taken_ms)
        except ValueError as why:
            return self.refused(*why.args) if why.args[1:] else self.refused(str(why), MOMENT)
        session = f"restore {world.scripts + 1}"
        return (RestoreBegan(session=session, backup=self.backup, how=self.how, as_of_ms=as_of_ms, tables=self.tables),)

    def _as_of(self, world: World, taken_ms: int) -> int:
        """The moment that is wanted; ValueError says why it cannot be had, and what could."""
        if self.how == "in_place" and self.to:
            raise ValueError("in_place restores what the backup holds", "for a moment since: how: point_in_time")
        if self.how == "point_in_time" and not self.to:
            raise ValueError("point_in_time needs `to:`", MOMENT)
        if self.how == "point_in_time" and self.tables:
            raise ValueError("a point in time is restored for the whole database", "for some tables: how: beside")
        if not self.to:
            return taken_ms
        as_of_ms = millis(self.to)
        if as_of_ms > world.now_ms:
            raise ValueError(f"{show(as_of_ms)} lies in the future", "choose a moment that has been")
        if as_of_ms < max(taken_ms, 0):
            since = show(max(taken_ms, 0))
            raise ValueError(f"{self.backup} and what was written since begin at {since}", "choose a later moment")
        return as_of_ms
