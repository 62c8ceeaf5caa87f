"""A service's pipeline: its stages in order, and the smoke checks that guard it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.clock import Millis
from sim.scenario.values import Duration, Name, Share, Spec, Truth, Whole

Deed = Literal["build", "migrate", "deploy", "smoke", "wait"]
_BY_NAME: Mapping[str, Deed] = MappingProxyType(
    {"build": "build", "test": "build", "migrate": "migrate", "deploy": "deploy", "smoke": "smoke"}
)


class StageRetry(Spec):
    """A failed stage is tried again by the pipeline itself, so many times, so long after."""

    times: Annotated[Whole, Field(ge=1, le=5)] = 1
    after: Duration = Millis(60_000)


class Stage(Spec):
    """One stage of a pipeline; its name says what it does, unless `does:` or `migration:` says it.

    `build` (also a stage called `test`) takes its time once for each set of changes. `migrate` runs the set's pending
    migrations of phase before, behind a deploy those of phase after; with `migration:` just that one. `deploy` replaces
    instances. `smoke` asks the smoke checks of the candidate. Any other name only takes time.
    `after` is how long the stage waits for its turn, `by_hand` lets it wait for `promote`; both can be held meanwhile.
    """

    does: Deed | None = None
    takes: Duration = Millis(0)
    after: Duration = Millis(0)
    by_hand: Truth = False
    migration: Name | None = None
    retry: StageRetry | None = None

    @model_validator(mode="after")
    def _one_deed(self) -> Self:
        if self.migration is not None and self.does not in {None, "migrate"}:
            raise ValueError(f"a stage that runs a migration does not {self.does}; make two stages of it")
        return self


Stages = Mapping[str, Stage]
USUAL: Stages = MappingProxyType({"migrate": Stage(), "deploy": Stage(), "migrate_after": Stage(does="migrate")})


def deed(name: str, stage: Stage) -> Deed:
    """What a stage does."""
    if stage.does is not None:
        return stage.does
    return "migrate" if stage.migration is not None else _BY_NAME.get(name, "wait")


def phase(stages: Stages, name: str) -> str:
    """Which migrations a migrate stage runs: those of phase before, until something has been deployed."""
    earlier = list(stages)[: list(stages).index(name)]
    return "after" if any(deed(other, stages[other]) == "deploy" for other in earlier) else "before"


def gates(stages: Stages) -> bool:
    """Whether some stage asks smoke checks."""
    return any(deed(name, stage) == "smoke" for name, stage in stages.items())


def way_back(stages: Stages) -> Iterator[str]:
    """The stages that a roll-back goes through: instances are replaced, nothing is built, asked or contracted."""
    for name, stage in stages.items():
        if deed(name, stage) == "deploy" or (deed(name, stage) == "migrate" and stage.migration is None):
            yield name


class SmokeCheck(Spec):
    """Asked of a candidate by the smoke stage: an endpoint fails less often than `below`.

    `version: candidate` also wants the answer to come from what was to be deployed; a release wants that release.
    """

    endpoint: Name
    version: Name | None = None
    below: Annotated[Share, Field(gt=0)] = 0.01
