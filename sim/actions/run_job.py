"""Run a job now."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, JobCalled
from sim.scenario.build import brings
from sim.world import World, job_session


@dataclass(frozen=True, kw_only=True)
class RunJob(Action):
    """Run a job now, also when it is paused: it tries everything that is due and not done, or sends its SQL."""

    name = "run_job"
    needs = "a job with something due"
    risk = "what was half done before is done again"
    undo = "what it did stays done"
    job: str

    def decide(self, world: World) -> Facts:
        if self.job not in world.scenario.jobs:
            return self.unknown("job", self.job, tuple(world.scenario.jobs))
        spec = world.scenario.jobs[self.job]
        slots = world.serving[spec.service or next(iter(world.serving))].slots
        if not any(brings(world.scenario, self.job, slot.build) for slot in slots if slot.instances):
            return self.refused(f"no release that serves has {self.job}", f"{spec.part_of} brought it")
        if job_session(self.job) in world.running:
            return self.refused(f"{self.job} is running", "end_session stops it")
        if spec.sql is None and not world.work[self.job].open:
            return self.refused(f"nothing is due for {self.job}", "`look jobs` says when its next items are")
        return (JobCalled(job=self.job),)
