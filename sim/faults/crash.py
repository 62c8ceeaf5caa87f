"""Instances are gone."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble
from sim.scenario.values import Name, Whole


class Crash(Trouble):
    """So many instances of a service stop answering; the orchestrator starts them again when the fault ends."""

    mentions = (("service", "service"), ("pool", "pool"))
    service: Name | None = None
    pool: Name | None = None
    instances: Annotated[Whole, Field(ge=1, le=10_000)] = 1

    def takes_away(self, service: str) -> int:
        return self.instances if self.service in {None, service} else 0

    def reaches(self, pool: str) -> bool:
        return self.pool in {None, pool}
