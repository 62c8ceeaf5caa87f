"""Something outside is away."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble
from sim.scenario.values import Name, Share


class Outage(Trouble):
    """Something that an endpoint depends on is away: this share of its requests fails with `as`."""

    mentions = (("endpoint", "endpoint"),)
    endpoint: Name
    errors: Share = 1.0
    cause: Annotated[Name, Field(alias="as")] = "DependencyUnavailable"

    def fails(self, endpoint: str) -> tuple[str, float] | None:
        return (self.cause, self.errors) if endpoint == self.endpoint else None
