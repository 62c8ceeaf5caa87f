"""The services block, and the jobs and pools beside it: what serves, and what a request does."""

# ruff: noqa: RUF012 - pydantic gives every instance its own copy of a default

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.clock import Millis
from sim.scenario import cron
from sim.scenario.pipeline import USUAL, SmokeCheck, Stage, Stages
from sim.scenario.values import (
    Count,
    Drawn,
    Duration,
    Identifier,
    Lasting,
    Name,
    Percent,
    Positive,
    Share,
    Spec,
    Sql,
    TimeOfDay,
    Truth,
    Wait,
    Whole,
)  # fmt: skip


def _cron(value: str) -> str:
    cron.parse(value)
    return value


def _call(value: str) -> str:
    if not re.fullmatch(r"\S+ [\w.$]+\([\w.$\[\], ]*\)", value):
        raise ValueError(f"{value!r} is no call; write the SDK and the method: payment-sdk Client.charge(Amount)")
    return value


class Latency(Spec):
    """How long a request takes when nothing is wrong: lognormal."""

    median: Lasting
    sigma: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)] = 0.4


class Background(Spec):
    """Errors that are there on a good day."""

    errors: Share
    cause: Annotated[Name, Field(alias="as")]


class Retry(Spec):
    """The server tries a failed step again, so many times, so long after."""

    times: Annotated[Whole, Field(ge=1, le=5)]
    after: Duration


class Step(Spec):
    """One thing a request does; inside a step: raises or harms, then set, then sql.

    A change overrides a step key by key, and `null` takes a key away (`set` is one key). A step that a change adds
    says `before:` or `after:`. `when` guards `raises` and `harms`, or `calls` where a step has neither; `flag` gates
    the whole step, and `unless_flag` an old branch, for those that the flag is off for. A request is one transaction,
    unless a step says `commit: true`: what was written up to there stays.
    """

    sql: Sql | None = None
    raises: Name | None = None
    when: Sql | None = None
    calls: Annotated[Name, AfterValidator(_call)] | None = None
    harms: Name | None = None
    set: dict[Identifier, Sql] = {}
    flag: Name | None = None
    unless_flag: Name | None = None
    before: Name | None = None
    after: Name | None = None
    commit: Truth = False
    retry: Retry | None = None


Steps = dict[Name, Step]


class Endpoint(Spec):
    """What users ask for: how often, with what, and what is done about it. Attributes are drawn in file order."""

    rps: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
    latency: Latency
    background: Background | None = None
    request: dict[Identifier, Drawn] = {}
    steps: Steps = {}


class ConnectionPool(Spec):
    """Database connections of one instance, and how long a request waits for one."""

    connections: Annotated[Whole, Field(ge=1, le=10_000)]
    timeout: Lasting


class Rollout(Spec):
    """How a release replaces another: `at_once` instances at a time, each taking `each`; the error gate may halt it.

    The gate reads the failures since the instance before, of the new version or of the whole `service`, before each
    instance, or only when `looks_at` percent of the instances are replaced.
    """

    each: Lasting = Millis(15_000)
    at_once: Annotated[Whole, Field(ge=1, le=1000)] = 1
    halt_above: Share | None = None
    gate: Literal["new_version", "service"] = "new_version"
    looks_at: tuple[Percent, ...] = ()


class Service(Spec):
    """Instances of one code base. `release` is what it serves at clock zero: the first of `releases` if not said.

    `rolls_schema_back: true` is a pipeline with one button: its roll-back runs the down-migrations too.
    Without a `pipeline` a release goes through three stages: migrate, deploy, migrate_after.
    `smoke` names the checks that the smoke stage asks from the start.
    `starts_in` is how long an instance takes to come up when a pool is scaled or restarted, drawn for each.
    """

    instances: Annotated[Whole, Field(ge=1, le=10_000)]
    pool: ConnectionPool
    endpoints: Annotated[dict[Name, Endpoint], Field(min_length=1)]
    release: Name | None = None
    rollout: Rollout = Rollout()
    starts_in: Wait = Millis(30_000)
    source: Name | None = None
    rolls_schema_back: Truth = False
    pipeline: dict[Name, Stage] = {}
    smoke: dict[Name, SmokeCheck] = {}

    @property
    def stages(self) -> Stages:
        """The pipeline's stages in order; the usual three where none are written."""
        return self.pipeline or USUAL


class Job(Spec):
    """Work on items, done in the release that its service (the first one if not said) serves.

    `cron` and `batch`: so many new items become due at each run. `per_hour`: items arrive by themselves, one in each
    equal stretch of time at a moment that chance picks, and are worked on at once. An item that fails stays open and
    is tried again, the same one, at the next run or every `retry_every` (one minute for `per_hour`). What is not done
    `within` so long, or `by` that time of the day, is overdue. `cron` and `sql`: no items, but SQL that is sent to the
    database at each run. `part_of` names the change that brought the job: a build without it does not run it.
    """

    cron: Annotated[Name, AfterValidator(_cron)] | None = None
    per_hour: Annotated[Positive, Field(le=3600)] | None = None
    service: Name | None = None
    sql: Sql | None = None
    part_of: Name | None = None
    batch: Count = 1
    within: Lasting | None = None
    by: TimeOfDay | None = None
    retry_every: Lasting | None = None
    request: dict[Identifier, Drawn] = {}
    steps: Steps = {}

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if (self.cron is None) == (self.per_hour is None):
            raise ValueError("a job has one rhythm; write `cron:` or `per_hour:`")
        if self.per_hour is not None and "batch" in self.model_fields_set:
            raise ValueError("`batch:` belongs to `cron:`; what arrives `per_hour:` comes one by one")
        if self.sql is not None and (
            self.timed or self.cron is None or {"batch", "retry_every"} & self.model_fields_set
        ):
            raise ValueError("a job that sends SQL has no items; write `cron:` and `sql:`, and say nothing of items")
        if self.within is not None and self.by is not None:
            raise ValueError("an item has one deadline; write `within:` or `by:`")
        return self

    @property
    def timed(self) -> bool:
        """Whether its items have a deadline."""
        return self.within is not None or self.by is not None

    @property
    def rhythm(self) -> str:
        """When it works, in words."""
        if self.sql is not None:
            return f"due {self.cron}, SQL"
        return f"due {self.cron}, {self.batch} at a time" if self.cron else f"{self.per_hour:g} an hour, as they come"


class ServerPool(Spec):
    """One colour of a blue/green or canary set-up; the weights of one service's pools add up to 100."""

    release: Name
    instances: Annotated[Whole, Field(ge=0, le=10_000)]
    weight: Percent
    service: Name | None = None
