"""What a scenario says, as frozen values, block by block in the order of the file."""

# ruff: noqa: RUF012 - pydantic gives every instance its own copy of a default

import re
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from sim.clock import Millis
from sim.scenario import cron
from sim.scenario.story import Condition, ErrorRate, Fault, Message, StoryLine
from sim.scenario.values import (
    Between,
    Choice,
    Count,
    Drawn,
    Duration,
    Identifier,
    Lasting,
    Moment,
    Name,
    Percent,
    Positive,
    Share,
    Spec,
    Sql,
    Truth,
    Wait,
    Whole,
)

__all__ = ["Condition", "ErrorRate", "Fault", "Message", "StoryLine", "Wait"]

LockMode = Literal[
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
]  # fmt: skip
LOCK_MODES: tuple[str, ...] = get_args(LockMode)


def _wall_clock(value: str) -> str:
    try:
        datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the simulated wall has no zone
    except ValueError:
        raise ValueError(f'{value!r} is no date and time; write "2026-03-13 14:00"') from None
    return value


def _cron(value: str) -> str:
    cron.parse(value)
    return value


def _method(value: str) -> str:
    if not re.fullmatch(r"[\w.$]+\([\w.$\[\], ]*\)", value):
        raise ValueError(f"{value!r} is no method; write it like Client.charge(Amount), in quotes if it holds a comma")
    return value


def _call(value: str) -> str:
    if not re.fullmatch(r"\S+ [\w.$]+\([\w.$\[\], ]*\)", value):
        raise ValueError(f"{value!r} is no call; write the SDK and the method: payment-sdk Client.charge(Amount)")
    return value


class Clock(Spec):
    """When the story begins on the wall, how long it may take, and when the trainee takes over."""

    starts: Annotated[str, AfterValidator(_wall_clock)]
    limit: Lasting
    handover: Duration = Millis(0)


class BurnAlert(Spec):
    """Page when the error budget burns `burn` times too fast in every window."""

    burn: Positive
    windows: Annotated[tuple[Lasting, ...], Field(min_length=1, max_length=4)]


class Slo(Spec):
    """So many percent of all requests succeed, over a window that is longer than any incident."""

    target: Annotated[float, Field(gt=0, lt=100, allow_inf_nan=False)]
    window: Lasting
    alerts: tuple[BurnAlert, ...] = ()


class Table(Spec):
    """One table before the release: its DDL (several statements are allowed), how many rows, and what fills them."""

    ddl: Sql
    rows: Count = 0
    fill: dict[Identifier, Drawn] = {}


class Migration(Spec):
    """`shown` is what the changelog says, `up` what the tool ran; they may differ, and that may be the story."""

    up: Sql
    down: Sql | None = None
    shown: Sql | None = None
    transaction: Truth = True
    phase: Literal["before", "after"] = "before"
    lock_timeout: Duration | None = None


class Backup(Spec):
    """A copy of the database, taken at a moment before clock zero."""

    at: Moment


class DatabaseSession(Spec):
    """Somebody else's open transaction and what it holds; without `for` it stays open, with 0m it is never there."""

    name: Name
    holds: Annotated[dict[Name, LockMode], Field(min_length=1)]
    start: Annotated[Moment, Field(alias="from")]
    lasts: Annotated[Duration | None, Field(alias="for")] = None


class Database(Spec):
    """One database, shared by every release that is up at the same time."""

    tables: dict[Identifier, Table]
    migrations: dict[Name, Migration] = {}
    backups: dict[Name, Backup] = {}
    sessions: tuple[DatabaseSession, ...] = ()


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
    says `before:` or `after:`. `when` guards `raises` and `harms` alone; `flag` gates the whole step. A request is one
    transaction, unless a step says `commit: true`: what was written up to its end stays.
    """

    sql: Sql | None = None
    raises: Name | None = None
    when: Sql | None = None
    calls: Annotated[Name, AfterValidator(_call)] | None = None
    harms: Name | None = None
    set: dict[Identifier, Sql] = {}
    flag: Name | None = None
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
    """How a release replaces another: `at_once` instances at a time, each taking `each`; the error gate may halt it."""

    each: Lasting = Millis(15_000)
    at_once: Annotated[Whole, Field(ge=1, le=1000)] = 1
    halt_above: Share | None = None


class Service(Spec):
    """Instances of one code base. `release` is what it serves at clock zero: the first of `releases` if not said.

    `rolls_schema_back: true` is a pipeline with one button: its roll-back runs the down-migrations too.
    """

    instances: Annotated[Whole, Field(ge=1, le=10_000)]
    pool: ConnectionPool
    endpoints: Annotated[dict[Name, Endpoint], Field(min_length=1)]
    release: Name | None = None
    rollout: Rollout = Rollout()
    source: Name | None = None
    rolls_schema_back: Truth = False


class Flag(Spec):
    """A feature flag at clock zero; a user's bucket (0-99) below `percent` has it on."""

    percent: Percent


class Job(Spec):
    """Work that runs by the clock, in the release that its service (the first one if not said) serves.

    Each run does its steps for `batch` requests.
    """

    cron: Annotated[Name, AfterValidator(_cron)]
    service: Name | None = None
    batch: Count = 1
    request: dict[Identifier, Drawn] = {}
    steps: Steps = {}


class ServerPool(Spec):
    """One colour of a blue/green or canary set-up; the weights of one service's pools add up to 100."""

    release: Name
    instances: Annotated[Whole, Field(ge=0, le=10_000)]
    weight: Percent
    service: Name | None = None


def _growing(bounds: tuple[Millis, Millis]) -> tuple[Millis, Millis]:
    if bounds[0] > bounds[1]:
        raise ValueError("the bounds stand the wrong way round; write the shorter one first")
    return bounds


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[Name, ...])]


class Person(Spec):
    """Somebody to page, to order a fix from, or to hear from; answers within two bounds, drawn once a run."""

    name: Drawn
    answers_in: Annotated[tuple[Duration, Duration], AfterValidator(_growing)]
    role: Annotated[str, Field(max_length=120)] = ""


class Change(Spec):
    """A pull request. A release is a set of them."""

    title: str = ""
    author: str = ""
    diff: Name | None = None
    migration: Name | None = None
    revises: Names = ()
    sdks: dict[Name, Name] = {}
    steps: dict[Name, Steps] = {}


class Fix(Change):
    """A change that does not exist yet: the clock of its build starts when it is ordered."""

    by: Annotated[Name | None, Field(alias="from")] = None
    build: Wait


def _all_or_names(value: object) -> object:
    if value == "all" or isinstance(value, list | tuple):
        return value
    raise ValueError(f"{value!r} is not a list of endpoints; write all, or [POST /orders]")


class Healthy(Spec):
    """Every one of these endpoints fails less often than this, over a minute."""

    endpoints: Annotated[Literal["all"] | tuple[Name, ...], BeforeValidator(_all_or_names)] = "all"
    below: Annotated[Share, Field(gt=0)]


class Done(Spec):
    """What 'resolved' means: healthy and every named invariant true, held for a while, by a time."""

    healthy: Healthy
    sql: tuple[Name, ...] = ()
    hold: Duration
    by: Duration | None = None


Method = Annotated[str, AfterValidator(_method)]


def _param(value: object) -> object:
    if isinstance(value, Spec):
        return value
    if isinstance(value, dict) and "range" in value:
        return Between.model_validate(value)
    if isinstance(value, dict) and "choice" in value:
        return Choice.model_validate(value)
    raise ValueError("this does not say how the value is drawn; write {choice: [a, b]} or {range: [a, b]}")


Param = Annotated[Choice | Between, BeforeValidator(_param)]


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", value):
        raise ValueError(f"{value!r} is no id; use small letters, digits and -, 64 at most")
    return value


class Scenario(Spec):
    """A system, and what just happened to it. It never says what follows."""

    format: Annotated[Whole, Field(ge=1, le=1)]
    id: Annotated[str, AfterValidator(_id)]
    title: Name
    difficulty: Literal["first", "easy", "medium", "hard", "expert"] = "medium"
    clock: Clock
    teaches: tuple[Name, ...] = ()
    slo: Slo | None = None
    database: Database = Database(tables={})
    facts: Sql | None = None
    wrong: Sql | None = None
    invariants: dict[Identifier, Sql] = {}
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    sdks: dict[Name, dict[Name, tuple[Method, ...]]] = {}
    flags: dict[Identifier, Flag] = {}
    jobs: dict[Name, Job] = {}
    pools: dict[Name, ServerPool] = {}
    people: dict[Name, Person] = {}
    changes: dict[Name, Change] = {}
    fixes: dict[Name, Fix] = {}
    releases: Annotated[dict[Name, Names], Field(min_length=1)]
    params: dict[Identifier, Param] = {}
    story: tuple[StoryLine, ...] = ()
    done: Done
