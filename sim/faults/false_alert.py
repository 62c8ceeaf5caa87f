"""A page about nothing."""

from typing import Annotated

from pydantic import Field

from sim.faults.base import Trouble


class FalseAlert(Trouble):
    """An alert that says something that is not so. It fires while the fault lasts, and nothing else changes."""

    text: Annotated[str, Field(min_length=1, max_length=400)]
