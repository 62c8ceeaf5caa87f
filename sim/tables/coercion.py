"""Casts: what PostgreSQL does to a value that must be of another type, written for DuckDB, or refused."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sim.errors import NotModelled
from sim.tables.jsonb import canonical
from sim.tables.pgtypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOCUMENTS,
    DOUBLE,
    INTEGER,
    JSONB,
    MOMENTS,
    NUMBERS,
    NUMERIC,
    OPEN_SCALE,
    TEXT,
    TIMESTAMP,
    TIMESTAMPTZ,
    WHOLE,
    WORDS,
    PgType,
)  # fmt: skip
from sim.tables.reading import Translation, Typed, parameter, text_of

_TRUTHS = {"t": True, "true": True, "yes": True, "on": True, "1": True, "f": False, "false": False, "no": False,
           "off": False, "0": False}  # fmt: skip
_LIMITS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:\+00(?::?00)?|Z)?")
_SPAN = re.compile(r"\s*(-?\d+)\s*(microsecond|millisecond|second|minute|hour|day|week|month|year|sec|min|mon)s?\b")
_LONG = {"sec": "second", "min": "minute", "mon": "month"}
_TEXT_FORMS = {
    "smallint": r"\s*[-+]?\d+\s*", "integer": r"\s*[-+]?\d+\s*", "bigint": r"\s*[-+]?\d+\s*",
    "numeric": r"\s*[-+]?(\d+(\.\d*)?|\.\d+)\s*", "date": r"\d{4}-\d\d-\d\d",
    "timestamp": r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?",
    "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}  # fmt: skip


def spoken(text: str, kind: PgType) -> Typed:
    """An untyped literal, read as PostgreSQL reads it in a place that wants this type."""
    try:
        return Typed(_literal(text, kind), kind)
    except (ValueError, InvalidOperation, OverflowError):
        raise NotModelled(f"{text!r} cannot be read as {kind} here") from None


def _literal(text: str, kind: PgType) -> str:  # noqa: PLR0911  # a line for each family of types
    if kind.name in WORDS or kind.name == "unknown":
        if kind.size is not None and len(text) > kind.size:
            raise ValueError(text)
        return text_of(text)
    if kind.name in WHOLE:
        return f"CAST({_whole(text, kind)} AS {kind.storage})"
    if kind.name == "numeric":
        number = Decimal(text.strip())
        if not number.is_finite() or -int(number.as_tuple().exponent) > (OPEN_SCALE if kind.scale is None else 30):
            raise ValueError(text)
        return f"CAST('{number:f}' AS {kind.storage})"
    if kind.name == "double precision":
        return f"CAST('{float(text)!r}' AS DOUBLE)"
    if kind.name == "boolean":
        return str(_TRUTHS[text.strip().lower()]).upper() if text.strip().lower() in _TRUTHS else _refuse(text)
    if kind.name in {"jsonb", "json"}:
        document = canonical(text)
        return text_of(document if kind.name == "jsonb" else text) if document is not None else _refuse(text)
    return _moment(text.strip(), kind)


def _refuse(text: str) -> str:
    raise ValueError(text)


def _whole(text: str, kind: PgType) -> int:
    if (
        not re.fullmatch(r"\s*[-+]?\d{1,20}\s*", text, re.ASCII)
        or not -_LIMITS[kind.name] <= int(text) < _LIMITS[kind.name]
    ):
        raise ValueError(text)
    return int(text)


def _moment(text: str, kind: PgType) -> str:
    if kind.name == "uuid":
        return f"CAST('{UUID(text)}' AS UUID)"
    if kind.name == "interval":
        return interval(text)
    if kind.name not in MOMENTS or not _MOMENT.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(re.sub(r"(\+00(:?00)?|Z)$", "", text))
    if kind.name == "date":
        return f"DATE '{date.isoformat(moment.date())}'"
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def interval(text: str) -> str:
    """A span like '1 day 2 hours'."""
    parts, at = [], 0
    while at < len(text.rstrip()):
        if (part := _SPAN.match(text, at)) is None:
            raise ValueError(text)
        parts.append(f"INTERVAL ({part[1]}) {_LONG.get(part[2], part[2])}")
        at = part.end()
    return f"({' + '.join(parts)})" if parts else _refuse(text)


def settled(value: Typed) -> Typed:
    """A value that no context has typed is text."""
    return spoken(value.literal, TEXT) if value.literal is not None else value


def assigned(translation: Translation, value: Typed, kind: PgType) -> str:
    """The value as it is stored in a column: too long a text or too large a number is an error, never cut."""
    if value.literal is not None:
        return spoken(value.literal, kind).sql
    if value.loose and (kind == JSONB or (translation.batch and value.type == NUMERIC and _of_digits(kind))):
        return loosely(translation, value, kind).sql
    if value.loose and kind.name not in WORDS and value.type.name in WORDS:
        return cast(value, kind).sql
    if value.type.name == "unknown":
        return f"CAST({value.sql} AS {kind.storage})"
    if kind.name in WORDS:
        text = value.sql if value.type.name in WORDS else _as_text(value)
        return _bounded(text, kind)
    if not _assignable(value.type, kind):
        raise NotModelled(f"PostgreSQL does not store {value.type} in a column of type {kind}")
    return cast(value, kind).sql


def _assignable(given: PgType, wanted: PgType) -> bool:
    if given.name in NUMBERS and wanted.name in NUMBERS:
        return True
    if given.name in MOMENTS and wanted.name in MOMENTS:
        return True
    return given.name == wanted.name or {given.name, wanted.name} == set(DOCUMENTS)


def _bounded(sql: str, kind: PgType) -> str:
    if kind.size is None:
        return sql
    return f"CASE WHEN length({sql}) > {kind.size} THEN error('value too long for {kind}') ELSE {sql} END"


def _of_digits(kind: PgType) -> bool:
    return kind.name == "numeric" and kind.size is not None


def loosely(translation: Translation, value: Typed, kind: PgType) -> Typed:
    """A parameter in a place that wants this type."""
    if kind == JSONB or (value.type == NUMERIC and _of_digits(kind)):
        name = value.sql.removeprefix('"request"."$').removesuffix('"')
        return parameter(translation, name, kind)
    return value if value.type.name == kind.name else cast(value, kind)


def cast(value: Typed, kind: PgType) -> Typed:  # noqa: PLR0911  # a line for each rule
    """`value::kind`."""
    if value.literal is not None:
        if kind.name in WORDS and kind.size is not None:
            return spoken(value.literal[: kind.size], kind)
        return spoken(value.literal, kind)
    given = value.type.name
    if given == "unknown":
        return Typed(f"CAST({value.sql} AS {kind.storage})", kind)
    if kind.name in WORDS:
        text = value.sql if given in WORDS else _as_text(value)
        return Typed(text if kind.size is None else f"left({text}, {kind.size})", kind)
    if given == kind.name == "numeric" and kind.size is None:
        return value
    if given == kind.name and kind.name != "numeric":
        return value
    made = _converted(value, kind)
    if made is None:
        raise NotModelled(f"a cast from {value.type} to {kind} is not modelled")
    return Typed(made, kind)


def _converted(value: Typed, kind: PgType) -> str | None:
    given, plain = value.type.name, f"CAST({value.sql} AS {kind.storage})"
    if given in NUMBERS and kind.name in NUMBERS:
        through = f"CAST(CAST({value.sql} AS DECIMAL(38,15)) AS {kind.storage})"
        return through if given == "double precision" and kind.name == "numeric" else plain
    if given in WORDS and kind.name in _TEXT_FORMS:
        form = text_of(_TEXT_FORMS[kind.name])
        return (
            f"CASE WHEN {value.sql} IS NULL OR regexp_full_match({value.sql}, {form}) "
            f"THEN CAST({value.sql} AS {kind.storage}) ELSE error('not a {kind}') END"
        )
    if given in MOMENTS and kind.name in MOMENTS:
        return plain
    if given == "boolean" and kind.name == "integer":
        return plain
    if given == "integer" and kind.name == "boolean":
        return f"({value.sql} <> 0)"
    return value.sql if (given, kind.name) == ("jsonb", "json") else None


def _as_text(value: Typed) -> str:
    name = value.type.name
    if name in WHOLE or name in {"boolean", "date", "timestamp", "uuid", "double precision", *DOCUMENTS}:
        return f"CAST({value.sql} AS VARCHAR)"
    if name == "timestamptz":
        return f"(CAST({value.sql} AS VARCHAR) || '+00')"
    if name == "numeric" and value.type.scale is not None:
        return f"CAST({value.sql} AS VARCHAR)"
    raise NotModelled(f"{value.type} as text is not modelled")


def common(translation: Translation, values: list[Typed]) -> tuple[list[Typed], PgType]:
    """Bring the branches of a CASE, COALESCE, IN or comparison to one type, as PostgreSQL does."""
    fixed = [
        value.type for value in values if value.literal is None and value.type.name != "unknown" and not value.loose
    ]
    fixed = fixed or [value.type for value in values if value.loose and value.type.name != "unknown"]
    if not fixed:
        return [settled(value) for value in values], TEXT
    kind = fixed[0]
    for other in fixed[1:]:
        kind = _wider(kind, other)
    return [_brought(translation, value, kind) for value in values], kind


def _brought(translation: Translation, value: Typed, kind: PgType) -> Typed:
    if value.literal is not None:
        return spoken(value.literal, kind if kind.name not in WORDS else TEXT)
    if value.loose:
        return loosely(translation, value, kind)
    if value.type.name == "unknown" or value.type == kind or kind.name in {*WORDS, *NUMBERS}:
        return value
    return cast(value, kind)


def _wider(one: PgType, other: PgType) -> PgType:
    for family in (WHOLE, NUMBERS, ("date", "timestamp", "timestamptz")):
        if one.name in family and other.name in family:
            return _numeric_or_larger(one, other, family)
    if one.name in WORDS and other.name in WORDS:
        return TEXT
    if one.name == other.name:
        return one
    raise NotModelled(f"PostgreSQL does not compare {one} with {other}")


def _numeric_or_larger(one: PgType, other: PgType, family: tuple[str, ...]) -> PgType:
    if one.name == other.name == "numeric":
        return one if one == other else PgType("numeric")
    return one if family.index(one.name) >= family.index(other.name) else other


PLAIN = {"bigint": BIGINT, "integer": INTEGER, "numeric": NUMERIC, "boolean": BOOLEAN, "date": DATE, "text": TEXT,
         "timestamp": TIMESTAMP, "timestamptz": TIMESTAMPTZ, "double precision": DOUBLE}  # fmt: skip
