"""Keep a stage from beginning."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.stage import pipeline_of
from sim.facts import Facts, StageHeld
from sim.stages import HELD, STILL_TO_COME
from sim.world import Pipeline, World


@dataclass(frozen=True, kw_only=True)
class HoldStage(Action):
    """Keep a stage that is still to come from beginning, until somebody promotes it."""

    name = "hold_stage"
    needs = "a pipeline with that stage still to come"
    risk = "the pipeline stays occupied"
    undo = "`promote`"
    service: str
    stage: str

    def decide(self, world: World) -> Facts:
        pipeline = pipeline_of(self, world, self.service, self.stage)
        if not isinstance(pipeline, Pipeline):
            return pipeline
        if world.serving[self.service].rollout is None:
            return self.refused(f"the pipeline of {self.service} is not running", "there is nothing to hold")
        state = pipeline.stages[self.stage]
        if state == HELD:
            return self.refused(f"the stage {self.stage} is held already", "`promote` lets it go")
        if state not in STILL_TO_COME:
            return self.refused(f"the stage {self.stage} is {state}", "only what is still to come can be held")
        return (StageHeld(service=self.service, stage=self.stage),)
