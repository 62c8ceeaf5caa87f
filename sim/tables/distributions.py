"""What chance may fill: each distribution as a function from uniforms in [0, 1) to a column.

Between a uniform and a value stand only + - * and a search in a table that Python's own `math` has built, so that every
processor draws the same value.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import NotModelled, nearest
from sim.scenario.values import FAKERS, Choice, Drawn, Faked, Literal, Lognormal, RowOf, Uniform
from sim.tables.columns import Column, Numbers, spelled

Uniforms = NDArray[np.float64]
KNOTS = 8192
LARGEST_CENTS = 1e15


class Keys(Protocol):
    """Where the primary keys of other tables come from."""

    def count(self, table: str) -> int:
        """How many rows the table has."""

    def key_at(self, table: str, rows: Numbers) -> Column:
        """The primary keys of these rows."""


def sample(drawn: Drawn, u: Uniforms, *, name: str, keys: Keys) -> Column:
    """Turn uniforms into values; `name` seeds invented words and says where a mistake is."""
    if isinstance(drawn, Choice):
        return _choice(drawn.choice, u)
    if isinstance(drawn, Uniform):
        return _uniform(*drawn.uniform, u, name)
    if isinstance(drawn, Lognormal):
        return _lognormal(drawn.lognormal.median, drawn.lognormal.sigma, u)
    if isinstance(drawn, RowOf):
        rows = row_numbers(drawn, u, keys)
        return keys.key_at(drawn.row_of, rows) if len(rows) else _choice({None: 1.0}, u)
    if isinstance(drawn, Faked):
        pool = faked(drawn.faker, drawn.pool, name)
        return Column(_scaled(u, len(pool)), "word", "text", words=pool)
    if drawn is None or isinstance(drawn, bool | int | Decimal | str):
        return _choice({drawn: 1.0}, u)
    raise NotModelled(f"{name}: {type(drawn).__name__.lower()} cannot be drawn here")


def row_numbers(drawn: RowOf, u: Uniforms, keys: Keys) -> Numbers:
    """Which rows a `row_of` picks; none where the table is empty, and then the attribute is null."""
    rows = keys.count(drawn.row_of)
    return _scaled(u, rows) if rows else np.zeros(0, np.int64)


def _scaled(u: Uniforms, size: int) -> Numbers:
    return np.minimum((u * size).astype(np.int64), size - 1)


def _choice(weights: Mapping[Literal, float], u: Uniforms) -> Column:
    parts = [Fraction(str(weight)) for weight in weights.values()]
    total, bounds, so_far = sum(parts, Fraction(0)), [], Fraction(0)
    for part in parts[:-1]:
        so_far += part
        bounds.append(float(so_far / total))
    places = np.searchsorted(np.array(bounds, dtype=np.float64), u, side="right").astype(np.int64)
    words = tuple(spelled(str(value) if isinstance(value, Decimal) else value) for value in weights)
    return Column(places, "word", kind_of(tuple(weights)), words=words)


def kind_of(values: tuple[Literal, ...]) -> str:
    """The PostgreSQL type that holds all of these."""
    there = [value for value in values if value is not None]
    if not there:
        return "null"
    if all(isinstance(value, bool) for value in there):
        return "boolean"
    if all(isinstance(value, int) and not isinstance(value, bool) for value in there):
        return "bigint"
    if all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in there):
        return "numeric"
    return "text"


def _uniform(low: Literal, high: Literal, u: Uniforms, name: str) -> Column:
    first, last, form, scale, kind = _ends(low, high, name)
    if last < first:
        raise NotModelled(f"{name}: uniform runs from the lower end to the higher, not from {low} to {high}")
    return Column(first + _scaled(u, last - first + 1), form, kind, scale)  # type: ignore[arg-type]


def _ends(low: Literal, high: Literal, name: str) -> tuple[int, int, str, int, str]:
    whole = all(isinstance(end, int) and not isinstance(end, bool) for end in (low, high))
    if whole:
        return int(low), int(high), "whole", 0, "bigint"  # type: ignore[arg-type]
    if isinstance(low, int | Decimal) and isinstance(high, int | Decimal):
        ends = [Decimal(low), Decimal(high)]
        scale = max(-int(end.as_tuple().exponent) for end in ends)
        return int(ends[0].scaleb(scale)), int(ends[1].scaleb(scale)), "decimal", scale, "numeric"
    try:
        return _moments(str(low), str(high))
    except ValueError:
        raise NotModelled(
            f"{name}: uniform takes two whole numbers, decimals, dates (2026-03-13) or moments (2026-03-13 14:00)"
        ) from None


def _moments(low: str, high: str) -> tuple[int, int, str, int, str]:
    if len(low) == len(high) == len("2026-03-13"):
        epoch = date(1970, 1, 1)
        return (
            (date.fromisoformat(low) - epoch).days, (date.fromisoformat(high) - epoch).days, "day", 0, "date",
        )  # fmt: skip
    ends = [int(datetime.fromisoformat(end).replace(tzinfo=UTC).timestamp()) for end in (low, high)]
    return ends[0], ends[1], "second", 0, "timestamp"


@lru_cache(maxsize=64)
def _quantiles(median: float, sigma: float) -> NDArray[np.float64]:
    """Cents at each knot of the cumulative distribution; the ends stand for the outermost eighth of a knot."""
    normal = NormalDist()
    inside = [min(max(knot / KNOTS, 1 / (8 * KNOTS)), 1 - 1 / (8 * KNOTS)) for knot in range(KNOTS + 1)]
    cents = (100 * median * math.exp(sigma * normal.inv_cdf(p)) for p in inside)
    return np.array([float(round(min(value, LARGEST_CENTS), 3)) for value in cents])


def _lognormal(median: float, sigma: float, u: Uniforms) -> Column:
    table, place = _quantiles(median, sigma), u * KNOTS
    knot = np.minimum(place.astype(np.int64), KNOTS - 1)
    cents = table[knot] + (table[knot + 1] - table[knot]) * (place - knot)
    return Column(np.floor(cents + 0.5).astype(np.int64), "decimal", "numeric", scale=2)


@lru_cache(maxsize=256)
def faked(provider: str, size: int, name: str) -> tuple[str, ...]:
    """A pool of invented words, the same for the same name."""
    if provider not in FAKERS:
        raise NotModelled(f"{name}: no faker {provider!r}; {nearest(provider, FAKERS, 'name, email or company')}")
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(int.from_bytes(blake2b(f"faker/{name}/{provider}".encode(), digest_size=8).digest(), "little"))
    invent = getattr(fake, provider)
    return tuple(str(invent()).replace("\n", ", ") for _ in range(size))
