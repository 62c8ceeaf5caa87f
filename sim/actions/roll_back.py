"""Return to the release before."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.deploy import begin, meant
from sim.facts import Facts
from sim.scenario.build import change_of
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class RollBack(Action):
    """Return a service to an earlier release or a tag, instance by instance, past builds and gates.

    The schema stays unless `schema: down` is said.
    """

    name = "roll_back"
    needs = "an earlier release, and a free roll-out slot"
    takes = "a roll-out"
    risk = "old code meets the new schema and the new data"
    undo = "roll forward again"
    service: str
    to: str = ""
    schema: str = ""
    pool: str = ""

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        if self.schema not in ("", "keep", "down"):
            return self.unknown("way with the schema", self.schema, ("keep", "down"))
        state = world.serving[self.service]
        target = meant(world, self.to) if self.to else state.previous
        if target is None and self.to:
            return self.unknown("release", self.to, (*world.scenario.releases, *world.tags))
        if target is None:
            return self.refused(f"{self.service} has no earlier release", "say which with `to:`")
        down = self.schema == "down" or (not self.schema and world.service(self.service).rolls_schema_back)
        leaving = [change_of(world.scenario, name).migration for name in sorted(state.release - target)] if down else []
        applied = [
            name for name in reversed(list(world.migrations)) if name in leaving and world.migrations[name] == "applied"
        ]
        undone = tuple(applied)
        return begin(self, world, self.service, target, named=self.to, pool=self.pool, back=True, schema_down=undone)
