"""Work by the clock."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import JobRan


def read(engine: Engine) -> str:
    """Each job, when it is due, and how its runs went."""
    lines = [f"{name}: due {job.cron}, {job.batch} at a time" for name, job in engine.world.scenario.jobs.items()]
    for entry in engine.journal.entries:
        if isinstance(entry.fact, JobRan):
            lines.append(
                f"{show(entry.at_ms)} {entry.fact.job}: {entry.fact.failed} of {entry.fact.total} failed {entry.fact.errors}"
            )
    return "\n".join(lines) or "no jobs"
