"""What a scenario says, as frozen values, block by block in the order of the file."""

# ruff: noqa: RUF012 - pydantic gives every instance its own copy of a default

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sim.clock import Jumps, Millis, millis
from sim.faults.catalogue import Fault
from sim.scenario.database import (
    LOCK_MODES,
    Backup,
    Database,
    DatabaseSession,
    LockMode,
    Migration,
    Preproduction,
    Table,
)  # fmt: skip
from sim.scenario.pipeline import SmokeCheck, Stage
from sim.scenario.services import (
    Background,
    ConnectionPool,
    Endpoint,
    Job,
    Latency,
    Retry,
    Rollout,
    ServerPool,
    Service,
    Step,
    Steps,
)  # fmt: skip
from sim.scenario.story import Condition, ErrorRate, Message, Shift, StoryLine
from sim.scenario.values import (
    Between,
    Choice,
    Count,
    Drawn,
    Duration,
    Following,
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
)

__all__ = [
    "LOCK_MODES",
    "Background",
    "Backup",
    "Condition",
    "ConnectionPool",
    "Database",
    "DatabaseSession",
    "Endpoint",
    "ErrorRate",
    "Fault",
    "Job",
    "Latency",
    "LockMode",
    "Message",
    "Migration",
    "Preproduction",
    "Retry",
    "Rollout",
    "ServerPool",
    "Service",
    "Shift",
    "SmokeCheck",
    "Stage",
    "Step",
    "Steps",
    "StoryLine",
    "Table",
    "Wait",
]


def _wall_clock(value: str) -> str:
    try:
        datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the simulated wall has no zone
    except ValueError:
        raise ValueError(f'{value!r} is no date and time; write "2026-03-13 14:00"') from None
    return value


def _in_time(value: str) -> str:
    if millis(value) <= 0:
        raise ValueError(f"{value!r} is no moment of the clock at which time could jump; write it like 40m")
    return value


def _method(value: str) -> str:
    if not re.fullmatch(r"[\w.$]+\([\w.$\[\], ]*\)", value):
        raise ValueError(f"{value!r} is no method; write it like Client.charge(Amount), in quotes if it holds a comma")
    return value


class Clock(Spec):
    """When the story begins on the wall, how long it may take, and when the trainee takes over.

    `gaps: {40m: 7d}`: when the clock shows 40m, the calendar goes ahead by a week in which nothing is counted.
    """

    starts: Annotated[str, AfterValidator(_wall_clock)]
    limit: Lasting
    handover: Duration = Millis(0)
    gaps: dict[Annotated[Name, AfterValidator(_in_time)], Lasting] = {}

    @property
    def jumps(self) -> Jumps:
        """The gaps in their order, as moments and spans."""
        return tuple(sorted((millis(moment), jump) for moment, jump in self.gaps.items()))


class BurnAlert(Spec):
    """Page when the error budget burns `burn` times too fast in every window."""

    burn: Positive
    windows: Annotated[tuple[Lasting, ...], Field(min_length=1, max_length=4)]


class Slo(Spec):
    """So many percent of all requests succeed, over a window that is longer than any incident."""

    target: Annotated[float, Field(gt=0, lt=100, allow_inf_nan=False)]
    window: Lasting
    alerts: tuple[BurnAlert, ...] = ()


class Flag(Spec):
    """A feature flag at clock zero; a user's bucket (0-99) below `percent` has it on.

    Without `percent` code may ask for it, and the flag service does not know it yet: off for everybody.
    """

    percent: Percent | None = None


def _growing(bounds: tuple[Millis, Millis]) -> tuple[Millis, Millis]:
    if bounds[0] > bounds[1]:
        raise ValueError("the bounds stand the wrong way round; write the shorter one first")
    return bounds


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[Name, ...])]


Said = Annotated[str, Field(min_length=1, max_length=1000)]


class Person(Spec):
    """Somebody to page, to order a fix from, or to hear from; answers within two bounds, drawn once a run.

    `knows` is what they bring with their answer when they are paged.
    """

    name: Drawn
    answers_in: Annotated[tuple[Duration, Duration], AfterValidator(_growing)]
    role: Annotated[str, Field(max_length=120)] = ""
    knows: Annotated[tuple[Said, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[Said, ...])] = ()


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
    raise ValueError(f"{value!r} is not a list of names; write all, or [POST /orders]")


class Healthy(Spec):
    """Every one of these endpoints fails less often than this, over a minute."""

    endpoints: Annotated[Literal["all"] | tuple[Name, ...], BeforeValidator(_all_or_names)] = "all"
    below: Annotated[Share, Field(gt=0)]


class Kept(Spec):
    """The most rows that may have come to harm by the end; a kind that is not named does not count.

    `wrong` bounds kinds of wrong rows by the names that the scenario gives them.
    """

    rows_lost: Count | None = None
    rows_wrong: Count | None = None
    rows_overwritten: Count | None = None
    wrong: dict[Identifier, Count] = {}


class Served(Spec):
    """Which release a service serves at the end, on every instance that takes traffic.

    `once` names releases that it must have served at some time, `never` those that no instance may have served.
    """

    release: Name | None = None
    once: Names = ()
    never: Names = ()


class WorkDone(Spec):
    """None of these jobs is paused or has an item open that failed or is late; at most `overdue` items ever were."""

    jobs: Annotated[Literal["all"] | tuple[Name, ...], BeforeValidator(_all_or_names)] = "all"
    overdue: Count = 0


def _work(value: object) -> object:
    if isinstance(value, str) and value != "all":
        raise ValueError(f"{value!r} is not a list of jobs; write all, or [NightlyJob]")
    return {"jobs": value} if value == "all" or isinstance(value, list | tuple) else value


class Done(Spec):
    """What 'resolved' means: healthy, every named invariant true, data kept and work done, held for a while, by a time.

    `not_before` is a time of the day: whoever says earlier that it is over is believed then, if it is so then.
    `flags_gone` are no longer in the flag service; `ships: {shop: [PR-7]}`: every instance that serves has the change.
    `serves` is what has to be out by then, by service; `blocked` and `passed` are releases that the smoke stage must
    have stopped, or let through, when it last met them. `told: true` wants an update after the last instance moved,
    `announced` what was announced before the first one did.
    """

    healthy: Healthy
    sql: tuple[Name, ...] = ()
    data: Kept = Kept()
    serves: dict[Name, Served] = {}
    blocked: Names = ()
    passed: Names = ()
    told: Truth = False
    announced: tuple[Literal["plan", "quiet_hour"], ...] = ()
    work: Annotated[
        WorkDone | None,
        BeforeValidator(_work, json_schema_input_type=WorkDone | Literal["all"] | tuple[Name, ...] | None),
    ] = None
    not_before: TimeOfDay | None = None
    flags_gone: tuple[Name, ...] = ()
    ships: dict[Name, Names] = {}
    hold: Duration
    by: Duration | None = None


Method = Annotated[str, AfterValidator(_method)]
UNNAMED = ""


def _by_name(value: object) -> object:
    return value if isinstance(value, dict) else {} if value is None else {UNNAMED: value}


def _one_kind_or_names(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if name != UNNAMED and not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            raise ValueError(f"{name!r} is no name for a kind of damage; use small letters, digits and _")
    return value


Wrong = Annotated[
    dict[str, Sql],
    BeforeValidator(_by_name, json_schema_input_type=Sql | dict[Identifier, Sql]),
    AfterValidator(_one_kind_or_names),
]


def _param(value: object) -> object:
    if isinstance(value, Spec):
        return value
    if isinstance(value, dict) and "range" in value:
        return Between.model_validate(value)
    if isinstance(value, dict) and "choice" in value:
        return Choice.model_validate(value)
    if isinstance(value, dict) and "follows" in value:
        return Following.model_validate(value)
    raise ValueError("this does not say how the value is drawn; write {choice: [a, b]} or {range: [a, b]}")


Param = Annotated[Choice | Between | Following, BeforeValidator(_param)]


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}(/[a-z0-9][a-z0-9-]{0,63})?", value):
        raise ValueError(f"{value!r} is no id; use small letters, digits and -, 64 at most; a variant gets its own")
    return value


class Scenario(Spec):
    """A system, and what just happened to it. It never says what follows.

    `wrong` is a query for the rows that are wrong, or one for each kind of damage by name; kinds are counted apart.
    """

    format: Annotated[Whole, Field(ge=1, le=1)]
    id: Annotated[str, AfterValidator(_id)]
    title: Name
    difficulty: Literal["first", "easy", "medium", "hard", "expert"] = "medium"
    clock: Clock
    teaches: tuple[Name, ...] = ()
    slo: Slo | None = None
    database: Database = Database(tables={})
    facts: Sql | None = None
    wrong: Wrong = {}
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
    tags: dict[Name, Name] = {}
    params: dict[Identifier, Param] = {}
    story: tuple[StoryLine, ...] = ()
    done: Done
