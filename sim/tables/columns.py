"""A drawn column: whole numbers and how to read them, so that a million values travel as one array."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.population import Value

Numbers = NDArray[np.int64]
Form = Literal["whole", "decimal", "day", "second", "word"]
T = TypeVar("T")
MOST_DIGITS = 18
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Column:
    """`numbers` read as whole numbers, decimals of `scale` digits, days or seconds since 1970, or places in `words`.

    `kind` is the PostgreSQL type of the values, "null" when every value is null.
    """

    numbers: Numbers
    form: Form
    kind: str
    scale: int = 0
    words: tuple[str | None, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, rows: Numbers) -> "Column":
        """The same column at other places."""
        return Column(self.numbers[rows], self.form, self.kind, self.scale, self.words)

    def texts(self) -> list[str | None]:
        """Every value as PostgreSQL writes it."""
        if self.form == "word":
            return [self.words[number] for number in self.numbers.tolist()]
        return [self._text(number) for number in self.numbers.tolist()]

    def values(self) -> list[Value]:
        """Every value as a population keeps it: numbers and truths as themselves, all else as text."""
        if self.form == "whole":
            return list(self.numbers.tolist())
        if self.form == "word" and self.kind in {"bigint", "boolean"}:
            words = [_value(word, self.kind) for word in self.words]
            return [words[number] for number in self.numbers.tolist()]
        return list(self.texts())

    def _text(self, number: int) -> str:
        if self.form == "whole":
            return str(number)
        if self.form == "day":
            return (_EPOCH + timedelta(days=number)).date().isoformat()
        if self.form == "second":
            return (_EPOCH + timedelta(seconds=number)).strftime("%Y-%m-%d %H:%M:%S")
        sign, digits = "-" if number < 0 else "", str(abs(number)).rjust(self.scale + 1, "0")
        return f"{sign}{digits[: len(digits) - self.scale]}.{digits[len(digits) - self.scale :]}"


def _value(word: str | None, kind: str) -> Value:
    if word is None:
        return None
    return int(word) if kind == "bigint" else word == "true"


def coded(values: Sequence[Value], kind: str) -> Column:
    """A plain list as numbers, where its values are numbers that fit; as words otherwise."""
    if kind == "bigint" and None not in values:
        return Column(np.array(values, dtype=np.int64), "whole", kind)
    if kind == "numeric" and None not in values:
        numbers = [Decimal(str(value)) for value in values]
        scale = max((-int(number.as_tuple().exponent) for number in numbers if number.is_finite()), default=0)
        if 0 <= scale <= MOST_DIGITS // 2 and all(abs(number) < 10 ** (MOST_DIGITS - scale) for number in numbers):
            whole = np.array([int(number.scaleb(scale)) for number in numbers], dtype=np.int64)
            return Column(whole, "decimal", kind, scale)
    return worded(values, kind)


def worded(values: Sequence[Value], kind: str) -> Column:
    """Code a plain list: its distinct values in the order they first appear, and the place of each."""
    places: dict[str | None, int] = {}
    numbers = [places.setdefault(spelled(value), len(places)) for value in values]
    return Column(np.array(numbers, dtype=np.int64), "word", kind, words=tuple(places))


def spelled(value: Value) -> str | None:
    """A value as text, the way PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
