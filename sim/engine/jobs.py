"""Work by the clock: items that are due are tried by the build that serves until they are done, or SQL is sent."""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.chance import between
from sim.clock import HOUR, MINUTE, later, next_time
from sim.engine.stricken import answering
from sim.facts import JobRan, ScriptSent, WorkDue, WorkOverdue
from sim.scenario.build import Build, brings
from sim.scenario.cron import parse
from sim.scenario.model import Job
from sim.tables.population import PROTOTYPES
from sim.traffic.choose import deal
from sim.world import job_session

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]


@dataclass(frozen=True)
class Item:
    """The n-th piece of a job's work: the same prototype at every try."""

    number: int
    prototype: int


class Backlog:
    """The items of a job that are due and not done, oldest first, and which of them are overdue."""

    def __init__(self, seed: int, name: str) -> None:
        self.open: list[Item] = []
        self.overdue: set[int] = set()
        self.trying_again = False
        self._dealt, self._count = deal(seed, name, PROTOTYPES), 0

    def add(self, count: int) -> list[Item]:
        """New items; a prototype comes again only after all others have."""
        numbers = range(self._count, self._count + count)
        fresh = [Item(number, self._dealt[number % len(self._dealt)]) for number in numbers]
        self._count += count
        self.open += fresh
        return fresh


def keep_working(engine: "Engine", name: str) -> Steps:
    """Take in what becomes due, or send SQL, when it is time and for as long as the story lasts."""
    job = engine.world.scenario.jobs[name]
    for at_ms in _moments(engine, name, job):
        yield engine.env.timeout(at_ms - engine.now_ms)
        if job.sql is None:
            _take_in(engine, name, job.batch if job.cron else 1)
        elif name not in engine.world.paused_jobs:
            run_job(engine, name)


def run_job(engine: "Engine", name: str) -> None:
    """Send a job's SQL, or try its open items, in the build that serves it now; where none does, nothing runs."""
    build = _serves(engine, name)
    if build is None:
        return
    if engine.world.scenario.jobs[name].sql is not None:
        engine.env.process(_send_sql(engine, name))
    elif engine.backlogs[name].open:
        _try_open(engine, name, build)


def _serves(engine: "Engine", name: str) -> Build | None:
    """The build that does a job now, the first of a mixture, if it has the job."""
    service = engine.world.scenario.jobs[name].service or next(iter(engine.world.serving))
    build = next((slot.build for slot in answering(engine.world, service) if slot.instances), None)
    return build if build is not None and brings(engine.world.scenario, name, build) else None


def _send_sql(engine: "Engine", name: str) -> Steps:
    """Send a job's SQL under a session of its own, unless its last run is still at it; then tell how it went."""
    session = job_session(name)
    if session in engine.world.running:
        return
    engine.become(ScriptSent(session=session, sql=engine.world.scenario.jobs[name].sql or ""))
    sqlstate = yield engine.processes[session]
    errors = {sqlstate: 1} if sqlstate else {}
    engine.become(JobRan(job=name, total=1, failed=len(errors), harmed=0, errors=errors))


def _try_open(engine: "Engine", name: str, build: Build) -> None:
    backlog, job = engine.backlogs[name], engine.world.scenario.jobs[name]
    tried = backlog.open
    engine.settle_second()
    folded = engine.mixes.of_items(name, build, engine.lineage, engine.world)
    prototypes, fates = [item.prototype for item in tried], folded.fates
    errors = fates.error[prototypes].tolist()
    done = [item for item, error in zip(tried, errors, strict=True) if not error]
    backlog.open = [item for item, error in zip(tried, errors, strict=True) if error]
    failing = Counter(fates.errors[error - 1] for error in errors if error)
    engine.become(
        JobRan(
            job=name, total=len(tried), failed=len(backlog.open), errors=dict(sorted(failing.items())),
            harmed=int(fates.hurt[prototypes].sum()), late=sum(item.number in backlog.overdue for item in done),
        )
    )  # fmt: skip
    engine.rows.job_wrote(name, build, folded, prototypes)
    rest_ms = _rests_ms(job)
    if backlog.open and rest_ms is not None and not backlog.trying_again:
        engine.env.process(_try_again(engine, name, rest_ms))


def resume(engine: "Engine", name: str) -> None:
    """A job that was paused goes on: at once if it works on what comes, else at its next run."""
    if _rests_ms(engine.world.scenario.jobs[name]) is not None:
        run_job(engine, name)


def _moments(engine: "Engine", name: str, job: Job) -> Generator[int, None, None]:
    """When items become due."""
    clock, number, after_minutes = engine.world.scenario.clock, 0, -1
    while True:
        if job.per_hour is not None:
            first, last = (int(place * HOUR / job.per_hour) for place in (number, number + 1))
            at_ms: int | None = between(engine.seed, f"arrival/{name}/{number}", first, last - 1)
        else:
            due = parse(job.cron or "").next_run(clock, after_minutes)
            at_ms, after_minutes = due or (None, 0)
        if at_ms is None or at_ms > clock.limit:
            return
        number += 1
        yield at_ms


def _take_in(engine: "Engine", name: str, count: int) -> None:
    """New items are due: they are tried, unless the job is paused, and watched if they have a deadline."""
    if engine.world.scenario.jobs[name].part_of is not None and _serves(engine, name) is None:
        return
    by_ms = _deadline(engine, engine.world.scenario.jobs[name])
    fresh = engine.backlogs[name].add(count)
    engine.become(WorkDue(job=name, count=count, by_ms=by_ms))
    if name not in engine.world.paused_jobs:
        run_job(engine, name)
    if by_ms is not None and any(item in engine.backlogs[name].open for item in fresh):
        engine.env.process(_expire(engine, name, fresh, by_ms))


def _deadline(engine: "Engine", job: Job) -> int | None:
    clock = engine.world.scenario.clock
    if job.within is not None:
        return later(engine.now_ms, job.within, clock.jumps)
    return next_time(clock.starts, engine.now_ms, job.by, clock.jumps) if job.by is not None else None


def _expire(engine: "Engine", name: str, items: Sequence[Item], by_ms: int) -> Steps:
    """The deadline of some items comes: those that are open are overdue."""
    yield engine.env.timeout(by_ms - engine.now_ms)
    backlog = engine.backlogs[name]
    still_open = {item.number for item in backlog.open}
    missed = [item.number for item in items if item.number in still_open]
    if missed:
        backlog.overdue.update(missed)
        engine.become(WorkOverdue(job=name, count=len(missed)))


def _rests_ms(job: Job) -> int | None:
    """How long failed items wait for the next try, unless that is the job's next run."""
    return job.retry_every or (MINUTE if job.per_hour is not None else None)


def _try_again(engine: "Engine", name: str, rest_ms: int) -> Steps:
    """Try failed items again and again."""
    backlog = engine.backlogs[name]
    backlog.trying_again = True
    while backlog.open:
        yield engine.env.timeout(rest_ms)
        if name not in engine.world.paused_jobs:
            run_job(engine, name)
    backlog.trying_again = False
