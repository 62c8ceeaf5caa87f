"""Let a stage begin."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.actions.stage import pipeline_of
from sim.facts import Facts, StageReleased
from sim.stages import HELD
from sim.world import Pipeline, World


@dataclass(frozen=True, kw_only=True)
class Promote(Action):
    """Let the stage begin that is held, or that waits for a hand."""

    name = "promote"
    needs = "a stage that waits"
    takes = "the stages that are left"
    risk = "what the stage does"
    undo = "as that of the stage"
    service: str

    def decide(self, world: World) -> Facts:
        pipeline = pipeline_of(self, world, self.service)
        if not isinstance(pipeline, Pipeline):
            return pipeline
        held = next((name for name, state in pipeline.stages.items() if state == HELD), None)
        if held is None:
            return self.refused(f"no stage of {self.service} is held", "`look pipeline` shows where it stands")
        return (StageReleased(service=self.service, stage=held),)
