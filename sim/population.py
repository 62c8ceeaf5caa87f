"""The prototype requests of one endpoint: a column of values per attribute, the same for every run of a scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from json import dumps

Value = int | str | bool | None


@dataclass(frozen=True, eq=False)
class Population:
    """`size` prototypes; `columns[name][i]` is attribute `name` of prototype i; `kinds[name]` is its PostgreSQL type.

    A numeric value is kept as its decimal text. `bucket` (0-99) decides which flags a prototype is given.
    """

    columns: Mapping[str, Sequence[Value]]
    kinds: Mapping[str, str]
    size: int
    _digests: dict[str, str] = field(default_factory=dict, repr=False)

    def digest(self, name: str) -> str:
        """A fingerprint of one attribute: verdicts are remembered under the attributes they depend on."""
        if name not in self._digests:
            text = dumps([self.kinds[name], list(self.columns[name])], separators=(",", ":"))
            self._digests[name] = blake2b(text.encode(), digest_size=12).hexdigest()
        return self._digests[name]
