"""Something outside limps."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble
from sim.scenario.values import Lasting, Name, Share


class BrownOut(Trouble):
    """Something that an endpoint depends on limps: this share fails with `as`, the others take `slower` longer."""

    mentions = (("endpoint", "endpoint"),)
    endpoint: Name
    errors: Share
    slower: Lasting
    cause: Annotated[Name, Field(alias="as")] = "DependencyUnavailable"

    def fails(self, endpoint: str) -> tuple[str, float] | None:
        return (self.cause, self.errors) if endpoint == self.endpoint else None

    def delays(self, endpoint: str) -> int:
        return self.slower if endpoint == self.endpoint else 0
