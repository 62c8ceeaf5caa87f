"""Give the gate another question."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, SmokeCheckAdded
from sim.scenario.pipeline import gates
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class AddSmokeCheck(Action):
    """Have the smoke stage ask an endpoint of every candidate: fewer than one in a hundred requests may fail.

    `version: candidate` also wants what answers to be what was to be deployed; a release name wants that release.
    """

    name = "add_smoke_check"
    needs = "a pipeline with a smoke stage"
    risk = "a check that asks the wrong thing lets the bad pass, or blocks the good"
    undo = "add a check of the same name"
    service: str
    check: str
    endpoint: str
    version: str = ""

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        endpoints = tuple(world.service(self.service).endpoints)
        if self.endpoint not in endpoints:
            return self.unknown("endpoint", self.endpoint, endpoints)
        versions = ("candidate", *world.scenario.releases)
        if self.version and self.version not in versions:
            return self.unknown("version", self.version, versions)
        if not self.check.strip():
            return self.refused("a check has a name", "say what it is called with `check:`")
        if not gates(world.service(self.service).stages):
            return self.refused(f"the pipeline of {self.service} has no smoke stage", "nothing would ask the check")
        return (SmokeCheckAdded(service=self.service, check=self.check, endpoint=self.endpoint, version=self.version),)
