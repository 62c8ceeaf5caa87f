"""What becomes of the items of jobs."""

from sim.facts import JobPaused, JobRan, JobResumed, WorkDue, WorkOverdue
from sim.world import World


def worked(world: World, fact: JobPaused | JobResumed | WorkDue | JobRan | WorkOverdue) -> World:
    """The world in which jobs are paused, or their items have changed."""
    load = world.work[fact.job]
    match fact:
        case JobPaused(job=job):
            return world.but(paused_jobs=(*world.paused_jobs, job))
        case JobResumed(job=job):
            return world.but(paused_jobs=tuple(name for name in world.paused_jobs if name != job))
        case WorkDue(job=job, count=count):
            return world.with_work(job, due=load.due + count)
        case JobRan() if world.scenario.jobs[fact.job].sql is not None:
            return world
        case JobRan(job=job, total=total, failed=failed, late=late):
            return world.with_work(job, done=load.done + total - failed, late=load.late - late, failing=failed)
        case WorkOverdue(job=job, count=count):
            return world.with_work(job, overdue=load.overdue + count, late=load.late + count)
