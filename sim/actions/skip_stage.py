"""Leave a stage out."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.stage import next_stage, pipeline_of, resumed
from sim.facts import Facts, StageSkipped
from sim.stages import BEHIND, RUNNING
from sim.world import Pipeline, World


@dataclass(frozen=True, kw_only=True)
class SkipStage(Action):
    """Leave a stage out that failed or is still to come; a pipeline that stopped there goes on with the next."""

    name = "skip_stage"
    needs = "a pipeline under way"
    takes = "the stages that are left"
    risk = "whatever the stage was there for"
    undo = "deploy again"
    service: str
    stage: str

    def decide(self, world: World) -> Facts:
        pipeline = pipeline_of(self, world, self.service, self.stage)
        if not isinstance(pipeline, Pipeline):
            return pipeline
        state, running = pipeline.stages[self.stage], world.serving[self.service].rollout is not None
        if state in BEHIND:
            return self.refused(f"the stage {self.stage} has {state} already" if state == "passed" else
                                f"the stage {self.stage} is {state} already")  # fmt: skip
        if state == RUNNING:
            return self.refused(f"the stage {self.stage} is running", "`cancel` the roll-out first")
        skipped = StageSkipped(service=self.service, stage=self.stage)
        if running or next_stage(pipeline) != self.stage:
            return (skipped,)
        return (skipped, resumed(self.service, pipeline))
