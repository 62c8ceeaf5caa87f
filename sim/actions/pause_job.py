"""Let a job rest."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, JobPaused
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class PauseJob(Action):
    """Pause a job: what becomes due for it stays open until it is resumed or run."""

    name = "pause_job"
    needs = "a job"
    risk = "what is due is not done, and deadlines go on"
    undo = "resume_job"
    job: str

    def decide(self, world: World) -> Facts:
        if self.job not in world.scenario.jobs:
            return self.unknown("job", self.job, tuple(world.scenario.jobs))
        if self.job in world.paused_jobs:
            return self.refused(f"{self.job} is paused already", "resume_job lets it go on")
        return (JobPaused(job=self.job),)
