"""Ask a linter of migrations."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Lint(Action):
    """Have squawk read a migration or a statement, where it is installed. It knows no data and no code, so it errs."""

    name = "lint"
    needs = "squawk on this machine"
    looks = True
    outside = True
    migration: str = ""
    sql: str = ""

    def decide(self, world: World) -> Facts:
        return ()
