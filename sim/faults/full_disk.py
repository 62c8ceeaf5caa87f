"""A disk is full."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble
from sim.scenario.values import Name, Whole


class FullDisk(Trouble):
    """The disk of so many instances is full: what writes fails there, what reads goes on, and they stay in rotation."""

    mentions = (("service", "service"),)
    service: Name | None = None
    instances: Annotated[Whole, Field(ge=1, le=10_000)] = 1

    def fills_disks(self, service: str) -> int:
        return self.instances if self.service in {None, service} else 0
