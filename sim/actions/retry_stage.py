"""Try the stage that failed again."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.stage import next_stage, pipeline_of, resumed
from sim.facts import Facts
from sim.world import Pipeline, World


@dataclass(frozen=True, kw_only=True)
class RetryStage(Action):
    """Let a pipeline that has stopped go on: the stage where it stopped is run again, from its beginning."""

    name = "retry_stage"
    needs = "a pipeline that stopped"
    takes = "the stages that are left"
    risk = "what the stage did half is met again"
    undo = "`cancel`, as long as it runs"
    service: str

    def decide(self, world: World) -> Facts:
        pipeline = pipeline_of(self, world, self.service)
        if not isinstance(pipeline, Pipeline):
            return pipeline
        if world.serving[self.service].rollout is not None:
            return self.refused(f"the pipeline of {self.service} is running", "wait, or `cancel` it first")
        if next_stage(pipeline) is None:
            return self.refused(f"the pipeline of {self.service} went through to its end", "`deploy` something else")
        return (resumed(self.service, pipeline),)
