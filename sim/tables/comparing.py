"""Whether PostgreSQL and DuckDB left the same rows: values compared as what they mean, not as they are spelled."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from sim.tables.jsonb import canonical

Row = Sequence[str | None]


def same_rows(
    columns: Sequence[str],
    kinds: Sequence[str],
    judged: Sequence[str],
    *,
    ours: Sequence[Row],
    their_columns: Sequence[str],
    theirs: Sequence[Row],
) -> bool:
    """Compare rows without regard to their order, over the judged columns."""
    if set(columns) != set(their_columns):
        return False
    kind = dict(zip(columns, kinds, strict=True))

    def told(heads: Sequence[str], rows: Sequence[Row]) -> Counter[tuple[str | None, ...]]:
        places = [(heads.index(name), kind[name]) for name in judged]
        return Counter(tuple(meant(row[place], known) for place, known in places) for row in rows)

    return told(list(columns), ours) == told(list(their_columns), theirs)


def meant(text: str | None, kind: str) -> str | None:  # noqa: PLR0911  # a line for each type
    """One spelling for every way to write a value."""
    if text is None:
        return None
    if kind == "boolean":
        return text[:1]
    if kind in {"numeric", "smallint", "integer", "bigint"}:
        return _number(text)
    if kind == "double precision":
        return repr(float(text))
    if kind == "jsonb":
        return canonical(text)
    if kind in {"timestamp", "timestamptz"}:
        whole, _, rest = text.removesuffix("+00").partition(".")
        return f"{whole}.{rest.rstrip('0')}".rstrip(".")
    return text


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return f"{number.normalize():f}" if number else "0"
