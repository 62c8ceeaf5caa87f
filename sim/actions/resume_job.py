"""Let a paused job go on."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, JobResumed
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class ResumeJob(Action):
    """Resume a paused job: what comes by itself is worked on at once, a job with a timetable waits for its next run."""

    name = "resume_job"
    needs = "a paused job"
    risk = "what stayed open is worked on by the code that serves now"
    undo = "pause_job"
    job: str

    def decide(self, world: World) -> Facts:
        if self.job not in world.scenario.jobs:
            return self.unknown("job", self.job, tuple(world.scenario.jobs))
        if self.job not in world.paused_jobs:
            return self.refused(f"{self.job} is not paused", "run_job runs it now")
        return (JobResumed(job=self.job),)
