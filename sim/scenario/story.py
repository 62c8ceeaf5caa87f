"""What happens by itself: deploys, faults, messages and flags, at a time or when a condition first holds."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.clock import Millis
from sim.faults.catalogue import Fault
from sim.scenario.values import Duration, Lasting, Moment, Name, Percent, Share, Spec, Truth


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


class StoryLine(Spec):
    """One thing that happens: `at` a time, or `when` a condition first holds.

    A fault lasts for `for`, or until another line lifts it by the `name` of its line.
    `tag` moves mutable tags of the image registry to other releases.
    """

    at: Moment | None = None
    when: Condition | None = None
    deploy: Name | None = None
    service: Name | None = None
    pool: Name | None = None
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
        deeds = (self.deploy, self.fault, self.lift, self.message, self.set_flag, self.tag)
        if sum(deed is not None for deed in deeds) != 1:
            raise ValueError("a line of the story does one thing; write deploy, fault, lift, message, set_flag or tag")
        if self.deploy is None and (self.service or self.pool):
            raise ValueError("`service:` and `pool:` belong to a deploy; a fault names its service inside")
        if self.lasts is not None and self.fault is None:
            raise ValueError("`for:` belongs to a fault; remove it, or put it into the condition")
        if self.name is not None and self.fault is None:
            raise ValueError("`name:` belongs to a fault, so that another line can lift it; remove it")
        return self
