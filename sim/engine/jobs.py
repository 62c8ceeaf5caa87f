"""Work by the clock: a job goes through its batch in the release that its service serves."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.engine.stricken import answering
from sim.facts import JobRan
from sim.scenario.cron import parse
from sim.traffic.batch import thin_batch

if TYPE_CHECKING:
    from sim.engine.engine import Engine


def keep_cron(engine: "Engine", name: str) -> Generator[Any, Any, None]:
    """Run a job whenever it is due."""
    scenario = engine.world.scenario
    cron, after_minutes = parse(scenario.jobs[name].cron), -1
    while True:
        due = cron.next_run(scenario.clock, after_minutes)
        if due is None or due[0] > scenario.clock.limit:
            return
        yield engine.env.timeout(due[0] - engine.now_ms)
        after_minutes = due[1]
        run_job(engine, name)


def run_job(engine: "Engine", name: str) -> None:
    """Put one batch through the build that serves now, the first of a mixture; where none is up, nothing runs."""
    job = engine.world.scenario.jobs[name]
    service = job.service or next(iter(engine.world.serving))
    build = next((slot.build for slot in answering(engine.world, service) if slot.instances), None)
    if build is None:
        return
    folded = engine.mixes.of(name, build, engine.lineage, engine.world)
    failing, harmed = thin_batch(engine.seed, f"job/{name}/{engine.now_ms}", job.batch, folded.mix)
    failed = sum(failing.values())
    engine.become(JobRan(job=name, total=job.batch, failed=failed, harmed=harmed, errors=failing))
    engine.rows.job_wrote(name, build, job.batch - failed)
