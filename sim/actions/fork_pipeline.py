"""Run the pipeline with some stages left out."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.deploy import begin, meant
from sim.facts import Facts
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class ForkPipeline(Action):
    """Send a release through a copy of the service's pipeline in which some stages are disabled."""

    name = "fork_pipeline"
    needs = "a pipeline"
    takes = "the stages that are left"
    risk = "whatever the disabled stages were there for"
    undo = "roll back"
    service: str
    release: str
    without: tuple[str, ...]

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        build = meant(world, self.release)
        if build is None:
            return self.unknown("release", self.release, (*world.scenario.releases, *world.tags))
        stages = tuple(world.service(self.service).stages)
        for stage in self.without:
            if stage not in stages:
                return self.unknown("stage", stage, stages)
        if not self.without:
            return self.refused("a fork without a disabled stage is the pipeline itself", "`deploy` the release")
        return begin(self, world, self.service, build, named=self.release, without=self.without)
