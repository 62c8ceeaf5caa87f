"""PostgreSQL's types: which are modelled, how DuckDB stores each, and how each value is written as text."""

from dataclasses import dataclass

from sqlglot import exp

from sim.errors import NotModelled

WHOLE = ("smallint", "integer", "bigint")
NUMBERS = (*WHOLE, "numeric", "double precision")
WORDS = ("text", "varchar")
MOMENTS = ("date", "timestamp", "timestamptz")
DOCUMENTS = ("jsonb", "json")
OPEN_SCALE = 10  # digits after the point that a numeric without declared scale keeps

_STORAGE = {
    "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "double precision": "DOUBLE",
    "text": "VARCHAR", "varchar": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP", "jsonb": "VARCHAR", "json": "VARCHAR", "uuid": "UUID", "interval": "INTERVAL",
    "unknown": "VARCHAR",
}  # fmt: skip
_NAMES = {
    exp.DType.SMALLINT: "smallint", exp.DType.INT: "integer", exp.DType.BIGINT: "bigint",
    exp.DType.DECIMAL: "numeric", exp.DType.DOUBLE: "double precision", exp.DType.TEXT: "text",
    exp.DType.VARCHAR: "varchar", exp.DType.BOOLEAN: "boolean", exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp", exp.DType.TIMESTAMPTZ: "timestamptz", exp.DType.JSONB: "jsonb",
    exp.DType.JSON: "json", exp.DType.UUID: "uuid", exp.DType.INTERVAL: "interval",
    exp.DType.SMALLSERIAL: "smallint", exp.DType.SERIAL: "integer", exp.DType.BIGSERIAL: "bigint",
}  # fmt: skip
SERIAL = (exp.DType.SMALLSERIAL, exp.DType.SERIAL, exp.DType.BIGSERIAL)


@dataclass(frozen=True)
class PgType:
    """A type by PostgreSQL's name for it; `size` is varchar's length or numeric's precision."""

    name: str
    size: int | None = None
    scale: int | None = None

    @property
    def storage(self) -> str:
        """The DuckDB type that holds it. Moments are UTC; jsonb is its canonical text."""
        if self.name != "numeric":
            return _STORAGE[self.name]
        return f"DECIMAL({self.size},{self.scale or 0})" if self.size else f"DECIMAL(38,{OPEN_SCALE})"

    def __str__(self) -> str:
        if self.size is None:
            return self.name
        return f"{self.name}({self.size})" if self.scale is None else f"{self.name}({self.size},{self.scale})"


TEXT, BOOLEAN, BIGINT, INTEGER = PgType("text"), PgType("boolean"), PgType("bigint"), PgType("integer")
NUMERIC, DOUBLE, JSONB, UNKNOWN = PgType("numeric"), PgType("double precision"), PgType("jsonb"), PgType("unknown")
DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL = (
    PgType("date"), PgType("timestamp"), PgType("timestamptz"), PgType("interval"),
)  # fmt: skip


def read_type(node: exp.DataType, enums: frozenset[str] = frozenset()) -> PgType:
    """A parsed type; an enum's name means text."""
    if node.this == exp.DType.USERDEFINED and str(node.args.get("kind", "")).lower().strip('"') in enums:
        return TEXT
    name = _NAMES.get(node.this) if isinstance(node.this, exp.DType) else None
    if name is None or node.args.get("nested"):
        raise NotModelled(f"the type {node.sql('postgres')} is not modelled")
    sizes = [int(str(part.this)) for part in node.expressions if isinstance(part, exp.DataTypeParam)]
    if len(sizes) != len(node.expressions) or (sizes and name not in {"numeric", "varchar"}):
        raise NotModelled(f"the type {node.sql('postgres')} is not modelled")
    if name == "numeric":
        return _numeric(sizes)
    return PgType(name, *sizes)


def _numeric(sizes: list[int]) -> PgType:
    if not sizes:
        return NUMERIC
    precision, scale = sizes[0], sizes[1] if len(sizes) > 1 else 0
    if not 0 <= scale <= precision <= 38:
        raise NotModelled(f"numeric({precision},{scale}) is not modelled; at most 38 digits are")
    return PgType("numeric", precision, scale)


def named(kind: str) -> PgType:
    """A type by the name that a population gives it."""
    if kind == "int":
        return INTEGER
    if kind in _STORAGE or kind == "numeric":
        return PgType(kind)
    raise NotModelled(f"the type {kind!r} is not modelled")


def written(sql: str, kind: PgType) -> str:
    """A DuckDB expression for the text that PostgreSQL writes; a numeric of no scale loses trailing zeros."""
    if kind.name == "boolean":
        return f"CASE WHEN {sql} THEN 't' WHEN NOT {sql} THEN 'f' END"
    if kind.name == "timestamptz":
        return f"(CAST({sql} AS VARCHAR) || '+00')"
    return same(sql, kind) if kind.name == "numeric" and kind.scale is None else f"CAST({sql} AS VARCHAR)"


def same(sql: str, kind: PgType) -> str:
    """A DuckDB expression for a text that equal values share: 42.00 and 42 do, whatever the column's scale."""
    if kind.name not in {"numeric", "double precision"}:
        return written(sql, kind)
    text = f"CAST({sql} AS VARCHAR)"
    zeros = f"strpos({text}, '.') > 0 AND strpos({text}, 'e') = 0"
    return f"CASE WHEN {zeros} THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
