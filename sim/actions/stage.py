"""What the actions on a pipeline's stages share."""

from sim.actions.base import Action
from sim.facts import Facts, RolloutBegan
from sim.stages import BEHIND
from sim.world import Pipeline, World


def pipeline_of(action: Action, world: World, service: str, stage: str | None = None) -> Pipeline | Facts:
    """The last way of a release through this service's pipeline, or why there is none with such a stage."""
    if service not in world.serving:
        return action.unknown("service", service, tuple(world.serving))
    if service not in world.pipelines:
        return action.refused(f"nothing has gone through the pipeline of {service} yet", "`deploy` something first")
    pipeline = world.pipelines[service]
    if stage is not None and stage not in pipeline.stages:
        return action.unknown("stage", stage, tuple(pipeline.stages))
    return pipeline


def next_stage(pipeline: Pipeline) -> str | None:
    """The first stage that is not behind."""
    return next((name for name, state in pipeline.stages.items() if state not in BEHIND), None)


def resumed(service: str, pipeline: Pipeline) -> RolloutBegan:
    """The same release goes on where the pipeline has stopped."""
    return RolloutBegan(
        service=service, build=pipeline.build, pool=pipeline.pool, back=pipeline.back, named=pipeline.named,
        resumes=True,
    )  # fmt: skip
