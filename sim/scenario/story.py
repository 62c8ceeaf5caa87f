"""What happens by itself: deploys, faults, messages and flags, at a time or when a condition first holds."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.clock import Millis
from sim.scenario.values import Duration, Lasting, Moment, Name, Percent, Positive, Share, Spec, Truth, Whole

Factor = Annotated[Positive, Field(ge=1)]


class ErrorRate(Spec):
    """More than `over` of an endpoint's requests of the last `for` failed."""

    endpoint: Name
    over: Share
    lasts: Annotated[Lasting, Field(alias="for")] = Millis(60_000)


class Condition(Spec):
    """Exactly one of: a threshold over counts, an SLO alert, a release that serves everywhere, or silence.

    `silence` is how long an alert has been firing without any update being posted.
    """

    error_rate: ErrorRate | None = None
    alert: Truth | None = None
    deployed: Name | None = None
    silence: Lasting | None = None

    @model_validator(mode="after")
    def _just_one(self) -> Self:
        if self.alert is False:
            raise ValueError("`alert: false` is not a condition; write `alert: true`, which holds at the first alert")
        if sum(kind is not None for kind in (self.error_rate, self.alert, self.deployed, self.silence)) != 1:
            raise ValueError("a condition is one thing; write error_rate, alert, deployed or silence")
        return self


class SlowDatabase(Spec):
    """Every statement takes `factor` times as long."""

    factor: Factor


class Crash(Spec):
    """So many instances of a service stop answering; the orchestrator starts them again when the fault ends."""

    service: Name | None = None
    instances: Annotated[Whole, Field(ge=1, le=10_000)] = 1


class Outage(Spec):
    """Something that an endpoint depends on is away: this share of its requests fails with `as`."""

    endpoint: Name
    errors: Share = 1.0
    cause: Annotated[Name, Field(alias="as")] = "DependencyUnavailable"


class Surge(Spec):
    """Traffic is `factor` times as high, of one endpoint or of all."""

    factor: Factor
    endpoint: Name | None = None


class ReplicaLag(Spec):
    """The replica that `query` reads shows the world as it was so long ago."""

    by: Lasting


class StuckPipeline(Spec):
    """No roll-out of the service begins or goes on."""

    service: Name | None = None


class NoAnswer(Spec):
    """A person does not answer while the fault lasts."""

    person: Name


class FalseAlert(Spec):
    """An alert that says something that is not so."""

    text: Annotated[str, Field(min_length=1, max_length=400)]


class Fault(Spec):
    """Exactly one kind of trouble; `kind` and `spec` are what the engine asks for."""

    slow_database: SlowDatabase | None = None
    crash: Crash | None = None
    outage: Outage | None = None
    surge: Surge | None = None
    replica_lag: ReplicaLag | None = None
    stuck_pipeline: StuckPipeline | None = None
    no_answer: NoAnswer | None = None
    false_alert: FalseAlert | None = None

    @model_validator(mode="after")
    def _just_one(self) -> Self:
        if len(self._given) != 1:
            raise ValueError(f"a fault is one thing; write one of {', '.join(type(self).model_fields)}")
        return self

    @property
    def kind(self) -> str:
        """The fault's name, as written."""
        return self._given[0]

    @property
    def spec(self) -> Spec:
        """The fault's own values."""
        spec: Spec = getattr(self, self.kind)
        return spec

    @property
    def _given(self) -> list[str]:
        return [name for name in type(self).model_fields if getattr(self, name) is not None]


class Message(Spec):
    """What a person writes to the trainee."""

    sender: Annotated[Name, Field(alias="from")]
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class StoryLine(Spec):
    """One thing that happens: `at` a time, or `when` a condition first holds. `for` is how long a fault lasts."""

    at: Moment | None = None
    when: Condition | None = None
    deploy: Name | None = None
    service: Name | None = None
    pool: Name | None = None
    fault: Fault | None = None
    lasts: Annotated[Duration | None, Field(alias="for")] = None
    message: Message | None = None
    set_flag: Annotated[dict[Name, Percent] | None, Field(min_length=1)] = None

    @model_validator(mode="after")
    def _one_trigger_one_deed(self) -> Self:
        if (self.at is None) == (self.when is None):
            raise ValueError("a line of the story has one trigger; write `at: 5m` or `when: {…}`")
        if sum(deed is not None for deed in (self.deploy, self.fault, self.message, self.set_flag)) != 1:
            raise ValueError("a line of the story does one thing; write deploy, fault, message or set_flag")
        if self.deploy is None and (self.service or self.pool):
            raise ValueError("`service:` and `pool:` belong to a deploy; a fault names its service inside")
        if self.lasts is not None and self.fault is None:
            raise ValueError("`for:` belongs to a fault; remove it, or put it into the condition")
        return self
