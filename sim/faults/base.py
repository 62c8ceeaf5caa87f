"""What every kind of fault has: values, the names it mentions, and what it does while it lasts."""

from typing import Annotated, ClassVar

from pydantic import Field

from sim.scenario.values import Positive, Spec

Factor = Annotated[Positive, Field(ge=1)]


class Trouble(Spec):
    """One kind of fault. It answers what it changes for one part of the world; by default nothing.

    `mentions` says which of its values are names, and of what.
    """

    mentions: ClassVar[tuple[tuple[str, str], ...]] = ()

    def slows_statements(self) -> float:
        """How many times as long every statement takes."""
        return 1.0

    def multiplies(self, endpoint: str) -> float:
        """How many times as many requests of an endpoint arrive."""
        del endpoint
        return 1.0

    def takes_away(self, service: str) -> int:
        """How many instances of a service do not answer."""
        del service
        return 0

    def reaches(self, pool: str) -> bool:
        """Whether instances of a pool are among those that are taken away."""
        del pool
        return True

    def fills_disks(self, service: str) -> int:
        """How many instances of a service cannot write."""
        del service
        return 0

    def delays(self, endpoint: str) -> int:
        """How many milliseconds longer the requests of an endpoint take that pass."""
        del endpoint
        return 0

    def fails(self, endpoint: str) -> tuple[str, float] | None:
        """The error that some requests of an endpoint meet, and the share of those that would have passed."""
        del endpoint
        return None

    def ends(self) -> tuple[str, str, str] | None:
        """The SDK and its version that get no answer any more, and the error that a call with it meets."""
        return None

    def stops_roll_outs(self, service: str) -> bool:
        """Whether no instance of a service is replaced."""
        del service
        return False

    def keeps_from_answering(self, person: str) -> bool:
        """Whether somebody who is paged does not answer."""
        del person
        return False
