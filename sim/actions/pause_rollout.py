"""Hold a roll-out where it is."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, RolloutPaused
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class PauseRollout(Action):
    """Pause a roll-out before its next instance or migration. A statement that was sent to the database goes on."""

    name = "pause_rollout"
    needs = "a roll-out under way"
    risk = "two versions serve side by side meanwhile"
    undo = "resume_rollout"
    service: str

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        rollout = world.serving[self.service].rollout
        if rollout is None:
            return self.refused(f"nothing is being rolled out to {self.service}")
        if rollout.paused:
            return self.refused("it is paused already", "`resume_rollout`, or `cancel`")
        return (RolloutPaused(service=self.service),)
