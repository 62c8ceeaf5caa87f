"""What happens by itself: deploys, switches, faults, messages and flags, at a time or when a condition first holds."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.clock import Millis
from sim.faults.catalogue import Fault
from sim.scenario.values import Count, Duration, Lasting, Moment, Name, Percent, Share, Spec, Truth

DEEDS = ("deploy", "shift_traffic", "scale", "fault", "lift", "message", "set_flag", "tag")


class ErrorRate(Spec):
    """More than `over` of an endpoint's requests of the last `for` failed."""

    endpoint: Name
    over: Share
    lasts: Annotated[Lasting, Field(alias="for")] = Millis(60_000)


class Condition(Spec):
    """Exactly one of: a threshold over counts, an SLO alert, a release that serves everywhere, or silence.

    `silence` is how long an alert has been firing without any update being posted; `job_failed` waits for the first
    run of a job in which an item fails, `overdue` for the first of its items that is.
    """

    error_rate: ErrorRate | None = None
    alert: Truth | None = None
    deployed: Name | None = None
    silence: Lasting | None = None
    job_failed: Name | None = None
    overdue: Name | None = None

    @model_validator(mode="after")
    def _just_one(self) -> Self:
        if self.alert is False:
            raise ValueError("`alert: false` is not a condition; write `alert: true`, which holds at the first alert")
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError(f"a condition is one thing; write one of {', '.join(type(self).model_fields)}")
        return self


class Message(Spec):
    """What a person writes to the trainee."""

    sender: Annotated[Name, Field(alias="from")]
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Shift(Spec):
    """So much of what one pool gets goes to another: all of it if not said."""

    source: Annotated[Name, Field(alias="from")]
    to: Name
    percent: Annotated[Percent, Field(ge=1)] = 100


class StoryLine(Spec):
    """One thing that happens: `at` a time, or `when` a condition first holds.

    `shift_traffic` and `scale` are what the actions of these names do, done by somebody else.

    A fault lasts for `for`, or until another line lifts it by the `name` of its line.
    `tag` moves mutable tags of the image registry to other releases.
    """

    at: Moment | None = None
    when: Condition | None = None
    deploy: Name | None = None
    service: Name | None = None
    pool: Name | None = None
    shift_traffic: Shift | None = None
    scale: Count | None = None
    fault: Fault | None = None
    lasts: Annotated[Duration | None, Field(alias="for")] = None
    name: Name | None = None
    lift: Name | None = None
    message: Message | None = None
    set_flag: Annotated[dict[Name, Percent] | None, Field(min_length=1)] = None
    tag: Annotated[dict[Name, Name] | None, Field(min_length=1)] = None

    @model_validator(mode="after")
    def _one_trigger_one_deed(self) -> Self:
        if (self.at is None) == (self.when is None):
            raise ValueError("a line of the story has one trigger; write `at: 5m` or `when: {…}`")
        if sum(getattr(self, name) is not None for name in DEEDS) != 1:
            raise ValueError(f"a line of the story does one thing; write {', '.join(DEEDS[:-1])} or {DEEDS[-1]}")
        if self.service and self.deploy is None and self.shift_traffic is None and self.scale is None:
            raise ValueError(
                "`service:` belongs to a deploy, a shift_traffic or a scale; a fault names its service inside"
            )
        if self.pool and self.deploy is None and self.scale is None:
            raise ValueError("`pool:` belongs to a deploy or a scale; a shift_traffic says `from:` and `to:`")
        if self.lasts is not None and self.fault is None:
            raise ValueError("`for:` belongs to a fault; remove it, or put it into the condition")
        if self.name is not None and self.fault is None:
            raise ValueError("`name:` belongs to a fault, so that another line can lift it; remove it")
        return self
