"""Let a paused roll-out go on."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, RolloutResumed
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class ResumeRollout(Action):
    """Let a paused roll-out go on from where it was."""

    name = "resume_rollout"
    needs = "a paused roll-out"
    takes = "the rest of the roll-out"
    risk = "what the set contains"
    undo = "pause it again, or roll back"
    service: str

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        rollout = world.serving[self.service].rollout
        if rollout is None or not rollout.paused:
            return self.refused(f"no roll-out of {self.service} is paused", "one that was halted is deployed again")
        return (RolloutResumed(service=self.service),)
