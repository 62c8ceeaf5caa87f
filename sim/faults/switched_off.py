"""A provider ends an old version of its SDK."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble
from sim.scenario.values import Name


class SwitchedOff(Trouble):
    """A provider no longer answers this version of its SDK: calls made with it fail with `as`."""

    mentions = (("sdk", "SDK"),)
    sdk: Name
    version: Name
    cause: Annotated[Name, Field(alias="as")] = "ProviderGone"

    def ends(self) -> tuple[str, str, str] | None:
        return self.sdk, self.version, self.cause
