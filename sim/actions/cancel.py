"""Stop a roll-out where it is."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, RestartCancelled, RolloutCancelled
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Cancel(Action):
    """Stop the roll-out or the restart of a service where it is. A statement that it sent to the database goes on."""

    name = "cancel"
    needs = "a roll-out or restart under way"
    risk = "two versions keep serving side by side"
    undo = "deploy or roll back again"
    service: str

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        state = world.serving[self.service]
        if state.rollout is not None:
            return (RolloutCancelled(service=self.service),)
        if state.restarting:
            return (RestartCancelled(service=self.service),)
        return self.refused(f"nothing is being rolled out to {self.service}, and it is not being restarted")
