"""All simulated state at one instant; frozen. Only `reduce` makes the next one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sim.facts import Build
from sim.faults.catalogue import Fault
from sim.scenario.model import Scenario, Service, SmokeCheck


@dataclass(frozen=True)
class Slot:
    """Instances of one build in one pool. `weight` is the pool's share of the arrivals, in percent."""

    pool: str
    build: Build
    instances: int
    weight: int = 100


@dataclass(frozen=True)
class Rollout:
    """A release on its way."""

    build: Build
    back: bool
    schema_down: tuple[str, ...] = ()
    paused: bool = False


@dataclass(frozen=True)
class Pipeline:
    """The last way of a release through a service's stages, ended or not: each stage with its state."""

    build: Build
    named: str
    stages: Mapping[str, str]
    pool: str = ""
    back: bool = False
    due_ms: Mapping[str, int] = field(default_factory=dict)
    let_go: tuple[str, ...] = ()

    def but(self, stage: str, state: str) -> "Pipeline":
        """The same, but for the state of one stage."""
        return replace(self, stages={**self.stages, stage: state})


@dataclass(frozen=True)
class Serving:
    """What a service runs: its slots, the build it is meant to run and the one before.

    `wanted` is how many instances a pool is meant to have, where somebody has said so.
    """

    slots: tuple[Slot, ...]
    release: Build
    previous: Build | None = None
    rollout: Rollout | None = None
    wanted: Mapping[str, int] = field(default_factory=dict)
    restarting: bool = False

    @property
    def pools(self) -> tuple[str, ...]:
        """The names of its pools; a service without any has one of its own name."""
        return tuple(dict.fromkeys(slot.pool for slot in self.slots))

    def instances(self, pool: str) -> int:
        """How many instances of a pool are up."""
        return sum(slot.instances for slot in self.slots if slot.pool == pool)


@dataclass(frozen=True)
class Lock:
    """A lock on a table, held or still queued for; queued ones stand in the order they came."""

    session: str
    table: str
    mode: str
    held: bool


@dataclass(frozen=True)
class Orphans:
    """Backends that wait for a lock on a table, and whose clients are gone."""

    pool: str
    table: str
    mode: str
    count: int


@dataclass(frozen=True)
class Batches:
    """How far a statement that is carried out in batches has come; `upto` is the last key it has passed."""

    sql: str
    upto: int
    ran: int = 0
    rows: int = 0
    ended: str | None = None


@dataclass(frozen=True)
class Ailment:
    """A fault that lasts, under the number it began with."""

    number: int
    fault: Fault


@dataclass(frozen=True)
class Workload:
    """The items of a job so far: due, done, ever overdue, still open past their deadline, open after a try in vain."""

    due: int = 0
    done: int = 0
    overdue: int = 0
    late: int = 0
    failing: int = 0

    @property
    def open(self) -> int:
        """What is due and not done."""
        return self.due - self.done


JOB_SESSION = "job "


@dataclass(frozen=True)
class World:
    """Everything that is true now. `scenario` is the system it is true of.

    `backups` says which moment each holds, None while it is being taken.
    """

    scenario: Scenario
    seed: int
    now_ms: int
    serving: Mapping[str, Serving]
    flags: Mapping[str, int]
    schema: tuple[tuple[tuple[str, ...], bool], ...] = ()
    migrations: Mapping[str, str] = field(default_factory=dict)
    running: tuple[str, ...] = ()
    scripts: int = 0
    backfills: Mapping[str, Batches] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    sessions: tuple[str, ...] = ()
    fixes: Mapping[str, str] = field(default_factory=dict)
    backups: Mapping[str, int | None] = field(default_factory=dict)
    alerts: tuple[str, ...] = ()
    messages: tuple[tuple[str, str], ...] = ()
    announced: tuple[tuple[str, str], ...] = ()
    silenced: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Ailment, ...] = ()
    orphans: tuple[Orphans, ...] = ()
    cuts: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    rows_moved: int = 0
    watches: tuple[str, ...] = ()
    work: Mapping[str, Workload] = field(default_factory=dict)
    paused_jobs: tuple[str, ...] = ()
    severity: str | None = None
    paged: tuple[str, ...] = ()
    claimed_at_ms: int | None = None
    stood_down: bool = False
    outcome: str | None = None
    pipelines: Mapping[str, Pipeline] = field(default_factory=dict)
    built: tuple[tuple[str, str, Build], ...] = ()
    checks: Mapping[str, Mapping[str, SmokeCheck]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def service(self, name: str) -> Service:
        """The service as the scenario describes it."""
        return self.scenario.services[name]

    def but(self, **changes: Any) -> "World":
        """The same world, but for these; made often enough for `dataclasses.replace` to be felt."""
        world = object.__new__(World)
        world.__dict__.update(self.__dict__, **changes)
        return world

    def with_serving(self, service: str, **changes: Any) -> "World":
        """The same world, but for one service."""
        return self.but(serving={**self.serving, service: replace(self.serving[service], **changes)})

    def with_work(self, job: str, **changes: int) -> "World":
        """The same world, but for the items of one job."""
        return self.but(work={**self.work, job: replace(self.work[job], **changes)})


def job_session(job: str) -> str:
    """What the database calls a job that sends SQL."""
    return f"{JOB_SESSION}{job}"


def opening(scenario: Scenario, seed: int) -> World:
    """The world at clock zero."""
    serving = {}
    for name, service in scenario.services.items():
        build = frozenset(scenario.releases[service.release or next(iter(scenario.releases))])
        colours = {pool: spec for pool, spec in scenario.pools.items() if spec.service in (None, name)}
        slots = tuple(
            Slot(pool, frozenset(scenario.releases[spec.release]), spec.instances, spec.weight)
            for pool, spec in colours.items()
        ) or (Slot(name, build, service.instances),)
        serving[name] = Serving(slots, build)
    deployed = {change for state in serving.values() for slot in state.slots for change in slot.build}
    done = [
        change.migration
        for name, change in (*scenario.changes.items(), *scenario.fixes.items())
        if name in deployed and change.migration
    ]
    return World(
        scenario=scenario,
        seed=seed,
        now_ms=0,
        serving=serving,
        flags={name: flag.percent for name, flag in scenario.flags.items() if flag.percent is not None},
        migrations=dict.fromkeys(done, "applied"),
        built=tuple(
            (name, stage, slot.build)
            for name, state in serving.items()
            for slot in state.slots
            for stage in scenario.services[name].stages
        ),
        checks={name: service.smoke for name, service in scenario.services.items()},
        tags=scenario.tags,
        work={name: Workload() for name in scenario.jobs},
        backups={name: spec.at for name, spec in scenario.database.backups.items() if spec.at < 0},
    )
