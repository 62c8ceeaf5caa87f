"""Run a job now."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, JobCalled
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class RunJob(Action):
    """Run a job now, also when it is paused: it tries everything that is due and not done, and nothing else."""

    name = "run_job"
    needs = "a job with something due"
    risk = "what was half done before is done again"
    undo = "what it did stays done"
    job: str

    def decide(self, world: World) -> Facts:
        if self.job not in world.scenario.jobs:
            return self.unknown("job", self.job, tuple(world.scenario.jobs))
        if not world.work[self.job].open:
            return self.refused(f"nothing is due for {self.job}", "`look jobs` says when its next items are")
        return (JobCalled(job=self.job),)
