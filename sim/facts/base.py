"""What all facts have in common."""

from dataclasses import dataclass
from typing import ClassVar

Build = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class BaseFact:
    """Something that became true."""

    shown_only: ClassVar[tuple[str, ...]] = ()
    observed: ClassVar[bool] = False
    news: ClassVar[bool] = False
