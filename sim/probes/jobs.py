"""Work that is due, by job, and work that somebody has started in batches."""

from sim.clock import HOUR, MINUTE, on_the_wall, spell, time_of_day
from sim.engine.engine import Engine
from sim.facts import JobRan
from sim.scenario.cron import parse
from sim.scenario.model import Job

LAST_MS = HOUR


def read(engine: Engine) -> str:
    """Each job: its rhythm, what is due, open and overdue, and how its runs went; each backfill, and where it is."""
    lines = []
    for name, job in engine.world.scenario.jobs.items():
        load = engine.world.work[name]
        paused = ", paused" if name in engine.world.paused_jobs else ""
        lines.append(f"{name}: {job.rhythm}{_deadline(job)}{paused}{_next(engine, job)}")
        if job.sql is None:
            lines.append(f"  {load.due} due so far, {load.done} done, {load.open} open, {load.overdue} overdue")
        lines += [f"  {line}" for line in _runs(engine, name)]
    for name, batches in engine.world.backfills.items():
        state = f"ended: {batches.ended}" if batches.ended else "running"
        lines.append(f"{name}: {batches.ran} batches, {batches.rows} rows, up to key {batches.upto}, {state}")
    return "\n".join(lines) or "no jobs"


def _deadline(job: Job) -> str:
    if job.within is not None:
        return f", to be done within {spell(job.within)}"
    return f", to be done by {job.by}" if job.by is not None else ""


def _next(engine: Engine, job: Job) -> str:
    clock = engine.world.scenario.clock
    wall_ms = on_the_wall(engine.now_ms, clock.jumps)
    due = parse(job.cron).next_run(clock, wall_ms // MINUTE) if job.cron else None
    if due is None:
        return ""
    return f"; next at {time_of_day(clock.starts, due[1] * MINUTE)}, in {spell(due[1] * MINUTE - wall_ms)}"


def _runs(engine: Engine, name: str) -> list[str]:
    """The last runs of a job."""
    clock, lines = engine.world.scenario.clock, list[str]()
    ran = [
        (entry.at_ms, entry.fact)
        for entry in engine.journal.entries
        if isinstance(entry.fact, JobRan) and entry.fact.job == name and entry.at_ms > engine.now_ms - LAST_MS
    ]
    for at_ms, run in ran[-8:]:
        errors = ", ".join(f"{count} {error}" for error, count in run.errors.items()) or "all done"
        lines.append(f"{time_of_day(clock.starts, on_the_wall(at_ms, clock.jumps))} {run.total} tried, {errors}")
    return lines
