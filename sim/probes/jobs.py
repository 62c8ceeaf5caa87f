"""Work by the clock."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import JobRan


def read(engine: Engine) -> str:
    """Each job, when it is due, and how its runs went."""
    lines = [f"{name}: due {job.cron}, {job.batch} at a time" for name, job in engine.world.scenario.jobs.items()]
    runs = [(entry.at_ms, entry.fact) for entry in engine.journal.entries if isinstance(entry.fact, JobRan)]
    lines += [f"{show(at_ms)} {ran.job}: {ran.failed} of {ran.total} failed {ran.errors or ''}" for at_ms, ran in runs]
    return "\n".join(lines) or "no jobs"
