"""Say how bad it is."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Declared, Facts
from sim.world import World

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")


@dataclass(frozen=True, kw_only=True)
class Declare(Action):
    """Declare the incident's severity, SEV1 (worst) to SEV4; may be corrected later."""

    name = "declare"
    undo = "declare again"
    severity: str

    def decide(self, world: World) -> Facts:
        if self.severity not in SEVERITIES:
            return self.unknown("severity", self.severity, SEVERITIES)
        return (Declared(severity=self.severity),)
