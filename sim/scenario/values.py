"""The scalar types of the scenario language, and how chance may fill one.

YAML's own guesses are traps (`1:30` is 90, `off` is false, `1.10` is 1.1), so the loader hands every scalar over as
`Text` and the types here read it.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.clock import Millis, millis
from sim.errors import nearest

_WHOLE = re.compile(r"[-+]?\d[\d_]*")
_DECIMAL = re.compile(r"[-+]?\d[\d_]*\.\d+")
_WORDS: dict[str, bool | None] = {"null": None, "~": None, "": None, "true": True, "false": False}


class Text(str):
    """A scalar as it stands in the file; `plain` says that it was written without quotes."""

    __slots__ = ("plain",)
    plain: bool

    def __new__(cls, value: str, plain: bool = False) -> Self:
        text = super().__new__(cls, value)
        text.plain = plain
        return text


Literal = None | bool | int | Decimal | str


def literal(value: object) -> Literal:
    """Read an unquoted scalar as null, true, false, a number or text; a quoted one is always text."""
    if not isinstance(value, str):
        if value is None or isinstance(value, bool | int | Decimal):
            return value
        raise ValueError("a single value is wanted here; write text, a number, true, false or null")
    if not getattr(value, "plain", False):
        return str(value)
    if value in _WORDS:
        return _WORDS[value]
    if _WHOLE.fullmatch(value):
        return int(value.replace("_", ""))
    if _DECIMAL.fullmatch(value):
        return Decimal(value.replace("_", ""))
    return str(value)


def _truth(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{value!r} is neither true nor false; write true or false")


_CLOCK_FACE = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    if face := _CLOCK_FACE.fullmatch(value):
        parts = (f"{face[1]}h", f"{face[2]}m", f"{face[3]}s") if face[3] else (f"{face[1]}m", f"{face[2]}s")
        raise ValueError(f"{str(value)!r} is not a duration; write {''.join(parts)}")
    if value.isdecimal():
        raise ValueError(f"{str(value)!r} has no unit; write {value}s for seconds or {value}m for minutes")
    return millis(str(value))


def _duration(value: object) -> object:
    span = _moment(value)
    if isinstance(span, int) and span < 0:
        raise ValueError(f"{str(value)!r} is negative; a duration begins at 0s")
    return span


def _time_of_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError(f'{value!r} is no time of day; write "02:00"')
    return str(value)


def _not_zero(span: Millis) -> Millis:
    if span == 0:
        raise ValueError("it lasts no time at all; write it like 250ms, 90s, 5m or 1h30m")
    return span


def _whole(value: object) -> object:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value.replace("_", "")) if len(value) < 20 else 10**20
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is not a whole number; write digits, such as 12 or 400_000")


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", value):
        raise ValueError(f"{value!r} is no name for SQL; use letters, digits and _, and begin with a letter")
    return value


TimeOfDay = Annotated[str, BeforeValidator(_time_of_day, json_schema_input_type=str)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Moment = Annotated[Millis, BeforeValidator(_moment, json_schema_input_type=str)]
Duration = Annotated[Millis, BeforeValidator(_duration, json_schema_input_type=str)]
Lasting = Annotated[Millis, BeforeValidator(_duration, json_schema_input_type=str), AfterValidator(_not_zero)]
Constant = Annotated[Literal, BeforeValidator(literal)]
_Grouped = Annotated[str, Field(pattern=r"^[-+]?\d[\d_]*$")]  # 400_000 is text to a reader of YAML 1.2
Whole = Annotated[int, BeforeValidator(_whole, json_schema_input_type=int | _Grouped)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
_ToAHundred = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[Whole, Field(ge=0, le=2_000_000)]
Percent = Annotated[int, BeforeValidator(_whole, json_schema_input_type=_ToAHundred), Field(ge=0, le=100)]
Sql = Annotated[str, Field(min_length=1, max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Identifier = Annotated[str, AfterValidator(_identifier)]


class Spec(BaseModel):
    """Frozen, and every key known. An unquoted null, ~ or nothing is no value, also where a text could stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: None if _is_null(value) else value for key, value in data.items()}


def _is_null(value: object) -> bool:
    return isinstance(value, Text) and value.plain and value in {"", "~", "null"}


def _weighed(value: object) -> object:
    """A list of values weighs each the same."""
    if not isinstance(value, list | tuple):
        return value
    if any(isinstance(item, dict | list) for item in value):
        raise ValueError("a list of plain values is wanted here; or write {value: weight, …}")
    if len(set(value)) < len(value):
        raise ValueError("a value stands in this list twice; give it a weight: {value: 2, other: 1}")
    return dict.fromkeys(value, 1)


Weights = Annotated[
    dict[Constant, Positive], Field(min_length=1, max_length=1000),
    BeforeValidator(_weighed, json_schema_input_type=dict[str, Positive] | list[Constant]),
]  # fmt: skip


class Choice(Spec):
    """One of several values, by weight; a list weighs all the same."""

    choice: Weights


class Uniform(Spec):
    """Evenly between two whole numbers, decimals, dates or moments, both ends possible."""

    uniform: tuple[Constant, Constant]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = (_rank(end) for end in self.uniform)
        if type(low) is not type(high):
            raise ValueError("the two ends are of different kinds; write two numbers, or two dates")
        if low > high:  # type: ignore[operator]
            raise ValueError("the ends stand the wrong way round; write the smaller one first")
        return self


def _rank(end: object) -> Decimal | datetime:
    if isinstance(end, int | Decimal) and not isinstance(end, bool):
        return Decimal(end)
    try:
        return datetime.fromisoformat(str(end)).replace(tzinfo=None)
    except ValueError:
        raise ValueError(f"{end!r} is neither a number nor a date; write 42, 9.50 or 2026-03-13") from None


class Between(Spec):
    """Evenly between two durations or numbers: drawn once a run."""

    range: tuple[Constant, Constant]

    @property
    def spans(self) -> bool:
        """Whether the ends are durations."""
        return isinstance(self.range[0], str)

    @property
    def ends_ms(self) -> tuple[Millis, Millis]:
        """Both ends as durations."""
        low, high = (millis(str(end)) for end in self.range)
        return low, high

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = (_moment(end) if isinstance(end, str) else end for end in self.range)
        kinds = {isinstance(end, str) for end in self.range}
        if len(kinds) > 1 or not all(
            isinstance(end, int | Decimal) and not isinstance(end, bool) for end in (low, high)
        ):
            raise ValueError("a range goes between two durations or two numbers; write [25m, 50m] or [0.13, 0.17]")
        if low > high:  # type: ignore[operator]
            raise ValueError("the ends stand the wrong way round; write the smaller one first")
        return self


class Following(Spec):
    """What follows from another param that stands before it: for each of its values another; `else` for the rest."""

    follows: Name
    gives: Annotated[dict[str, Constant], Field(min_length=1)]


def _wait(value: object) -> object:
    """A duration, or `{range: [a, b]}` of two durations."""
    if not isinstance(value, dict):
        return _duration(value)
    wait = Between.model_validate(value)
    if not wait.spans or wait.ends_ms[0] < 0:
        raise ValueError("two durations are wanted here; write {range: [25m, 50m]}")
    return wait


Wait = Annotated[Millis | Between, BeforeValidator(_wait, json_schema_input_type=str | Between)]


class LognormalShape(Spec):
    median: Positive
    sigma: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]


class Lognormal(Spec):
    """Skewed to the right around a median, as money and time are; two decimals."""

    lognormal: LognormalShape


class RowOf(Spec):
    """The primary key of a row of this table; a share `fresh` of them are rows that users added."""

    row_of: Name
    fresh: Share = 0.0


class NextOf(Spec):
    """A fresh primary key for this table, one higher each time."""

    next_of: Name


FAKERS = (
    "bs", "catch_phrase", "city", "color_name", "company", "company_email", "country", "country_code", "currency_code",
    "domain_name", "ean13", "email", "file_name", "first_name", "hostname", "iban", "ipv4", "ipv6", "isbn13", "job",
    "language_code", "last_name", "license_plate", "locale", "mac_address", "name", "phone_number", "postcode",
    "safe_email", "sentence", "street_address", "street_name", "swift", "uri_path", "url", "user_agent", "user_name",
    "uuid4", "word",
)  # fmt: skip


def _faker(value: str) -> str:
    if value not in FAKERS:
        raise ValueError(f"nothing is known that makes up a {value!r}; {nearest(value, FAKERS, ', '.join(FAKERS))}")
    return value


class Faked(Spec):
    """One of a small pool of made-up values: `{faker: name}`."""

    faker: Annotated[Name, AfterValidator(_faker)]
    pool: Annotated[Whole, Field(ge=1, le=2000)] = 200


class Derived(Spec):
    """A PostgreSQL expression over the values that stand before it."""

    sql: Sql


class IfFlag(Spec):
    """One value for requests that the flag is on for, another for the rest."""

    if_flag: Name
    then: "Drawn"
    otherwise: "Drawn" = Field(alias="else", default=None)


_KINDS: dict[str, type[Spec]] = {
    "choice": Choice, "uniform": Uniform, "range": Between, "lognormal": Lognormal, "row_of": RowOf,
    "next_of": NextOf, "faker": Faked, "sql": Derived, "if_flag": IfFlag,
}  # fmt: skip


def _drawn(value: object) -> object:
    """Pick the kind by its key, so that a mistake is reported against the kind that was meant."""
    if isinstance(value, Spec):
        return value
    if isinstance(value, dict):
        for key, kind in _KINDS.items():
            if key in value:
                return kind.model_validate(value)
        hint = f"write one of {', '.join(_KINDS)}"
        hint = nearest(str(next(iter(value), "")), tuple(_KINDS), hint)
        raise ValueError(f"this does not say how the value comes about; {hint}")
    return literal(value)


Drawn = Annotated[
    Choice | Uniform | Between | Lognormal | RowOf | NextOf | Faked | Derived | IfFlag | Literal,
    BeforeValidator(_drawn),
]
IfFlag.model_rebuild()
