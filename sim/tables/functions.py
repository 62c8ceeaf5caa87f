"""Readers of functions: the ones that DuckDB computes as PostgreSQL does, written one by one."""

import re
from collections.abc import Callable

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.coercion import cast, common, settled
from sim.tables.jsonb import assemble
from sim.tables.operators import DIVIDED_SCALE, words
from sim.tables.parsing import only
from sim.tables.pgtypes import BIGINT, BOOLEAN, INTEGER, JSONB, NUMERIC, TEXT, UNKNOWN, WHOLE, WORDS, PgType
from sim.tables.reading import Scope, Translation, Typed, reads, text_of, typed

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
_PARTS = ("year", "quarter", "month", "week", "day", "hour", "minute", "dow", "doy")


@reads(exp.Coalesce, exp.Greatest, exp.Least)
def _first(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expressions", "ignore_nulls")
    values, kind = common(t, [typed(t, part, scope) for part in (node.this, *node.expressions)])
    if not isinstance(node, exp.Coalesce) and kind.name in {"jsonb", "json", "boolean"}:
        raise NotModelled(f"{type(node).__name__.lower()} of {kind} is not modelled")
    return Typed(f"{type(node).__name__.lower()}({', '.join(value.sql for value in values)})", kind)


@reads(exp.Nullif)
def _nullif(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    (left, right), kind = common(t, [typed(t, node.this, scope), typed(t, node.expression, scope)])
    if kind.name == "json":
        raise NotModelled("nullif of json is not modelled")
    return Typed(f"nullif({left.sql}, {right.sql})", kind)


@reads(exp.Lower, exp.Upper)
def _case_of(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    return Typed(f"{type(node).__name__.lower()}({words(t, node.this, scope)})", TEXT)


@reads(exp.Length)
def _length(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    return Typed(f"CAST(length({words(t, node.this, scope)}) AS INTEGER)", INTEGER)


@reads(exp.MD5)
def _md5(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    return Typed(f"md5({words(t, node.this, scope)})", TEXT)


@reads(exp.Trim)
def _trim(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "position", "expression")
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
    letters = node.args.get("expression")
    return Typed(f"{name}({words(t, node.this, scope)}, {words(t, letters, scope) if letters else text_of(' ')})", TEXT)


@reads(exp.StrPosition)
def _position(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "substr")
    return Typed(
        f"CAST(strpos({words(t, node.this, scope)}, {words(t, node.args['substr'], scope)}) AS INTEGER)", INTEGER
    )


@reads(exp.Substring)
def _substring(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "start", "length")
    start, length = _small(node.args.get("start"), 1), node.args.get("length")
    rest = f", {_small(length, 0)}" if length is not None else ""
    return Typed(f"substr({words(t, node.this, scope)}, {start}{rest})", TEXT)


@reads(exp.Left, exp.Right)
def _end(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    return Typed(f"{type(node).__name__.lower()}({words(t, node.this, scope)}, {_small(node.expression, 0)})", TEXT)


@reads(exp.SplitPart)
def _split_part(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "delimiter", "part_index")
    place, mark = _small(node.args["part_index"], 1), node.args["delimiter"]
    if not (isinstance(mark, exp.Literal) and mark.args.get("is_string") and mark.this):
        raise NotModelled("split_part wants a written delimiter")
    return Typed(f"split_part({words(t, node.this, scope)}, {text_of(str(mark.this))}, {place})", TEXT)


@reads(exp.Replace)
def _replace(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression", "replacement")
    searched = node.expression
    if not (isinstance(searched, exp.Literal) and searched.this):
        raise NotModelled("replace wants a written text to look for")
    parts = (words(t, part, scope) for part in (node.this, searched, node.args["replacement"]))
    return Typed(f"replace({', '.join(parts)})", TEXT)


@reads(exp.StartsWith)
def _starts_with(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    return Typed(f"starts_with({words(t, node.this, scope)}, {words(t, node.expression, scope)})", BOOLEAN)


@reads(exp.Concat)
def _concat(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "expressions", "safe", "coalesce")
    parts = (cast(settled(typed(t, part, scope)), TEXT).sql for part in node.expressions)
    return Typed("(" + " || ".join(f"coalesce({part}, '')" for part in parts) + ")", TEXT)


def _small(node: exp.Expr | None, least: int) -> int:
    """A written whole number: what DuckDB does with others differs."""
    plain = isinstance(node, exp.Literal) and not node.args.get("is_string")
    if node is not None and plain and re.fullmatch(r"\d{1,6}", str(node.this)) and int(str(node.this)) >= least:
        return int(str(node.this))
    raise NotModelled(f"a written whole number of at least {least} is wanted here")


@reads(exp.Abs)
def _abs(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    value = _number(t, node.this, scope)
    return Typed(f"abs({value.sql})", value.type)


@reads(exp.Floor, exp.Ceil)
def _whole(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    value = _number(t, node.this, scope)
    if value.type.name in WHOLE:
        raise NotModelled("floor and ceil of a whole number are not modelled")
    made = f"{type(node).__name__.lower()}({value.sql})"
    return Typed(made, value.type if value.type.name == "double precision" else PgType("numeric", 38, 0))


@reads(exp.Round)
def _round(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "decimals")
    value, decimals = _number(t, node.this, scope), node.args.get("decimals")
    if value.type.name != "numeric":
        raise NotModelled(f"round of {value.type} is not modelled; cast it to numeric")
    digits = _small(decimals, 0) if decimals is not None else 0
    if digits > 15:
        raise NotModelled("round to more than 15 digits is not modelled")
    return Typed(f"CAST({value.sql} AS DECIMAL(38,{digits}))", PgType("numeric", 38, digits))


def _number(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    value = typed(t, node, scope)
    if value.type.name not in {*WHOLE, "numeric", "double precision"}:
        raise NotModelled(f"a number is wanted, not {value.type}: {node.sql('postgres')[:60]!r}")
    return value


@reads(exp.TimestampTrunc)
def _date_trunc(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "unit")
    unit, value = str(node.args["unit"].this).lower(), typed(t, node.this, scope)
    if unit not in _UNITS or value.type.name not in {"timestamp", "timestamptz"}:
        raise NotModelled(f"date_trunc({unit!r}) of {value.type} is not modelled")
    return Typed(f"CAST(date_trunc('{unit}', {value.sql}) AS TIMESTAMP)", value.type)


@reads(exp.Extract)
def _extract(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    part, value = str(node.this.this).lower(), typed(t, node.expression, scope)
    if part not in _PARTS or value.type.name not in {"date", "timestamp", "timestamptz"}:
        raise NotModelled(f"extract({part}) of {value.type} is not modelled")
    return Typed(f"CAST(date_part('{part}', {value.sql}) AS DECIMAL(38,0))", PgType("numeric", 38, 0))


@reads(exp.JSONExtractScalar)
def _member_text(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    """Only scalars: DuckDB writes a number or an inner document in its own way, which `error` makes plain."""
    only(node, "this", "expression", "only_json_types")
    path, document = text_of(f'$."{_key(node)}"'), _document(t, node.this, scope)
    kind = f"json_type({document}, {path})"
    return Typed(
        f"(CASE WHEN {kind} IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN error('->> of a nested document or a fraction') "
        f"ELSE json_extract_string({document}, {path}) END)", TEXT,
    )  # fmt: skip


@reads(exp.JSONBContainsTopKey)
def _has_key(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    key = str(node.expression.this)
    if not isinstance(node.expression, exp.Literal) or not _PLAIN_KEY.fullmatch(key):
        raise NotModelled("jsonb ? wants a written key of letters, digits and _")
    document = _document(t, node.this, scope)
    is_object = f"json_type({document}) = 'OBJECT'"
    there = text_of(f'$."{key}"')
    return Typed(
        f"(CASE WHEN {is_object} THEN json_exists({document}, {there}) ELSE error('? of no object') END)", BOOLEAN
    )


def _document(t: Translation, node: exp.Expr, scope: Scope) -> str:
    value = typed(t, node, scope)
    if value.type.name != "jsonb":
        raise NotModelled(f"a member of {value.type} is not modelled; only of jsonb")
    return value.sql


def _key(node: exp.Expr) -> str:
    path = node.expression
    parts = path.expressions if isinstance(path, exp.JSONPath) else []
    if len(parts) == 2 and isinstance(parts[1], exp.JSONPathKey) and _PLAIN_KEY.fullmatch(str(parts[1].this)):
        return str(parts[1].this)
    raise NotModelled(f"{node.sql('postgres')[:60]!r} wants a written key of letters, digits and _")


def _build_object(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    """jsonb_build_object with written keys, in the order that jsonb keeps."""
    parts = node.expressions
    keys = [str(key.this) for key in parts[::2] if isinstance(key, exp.Literal)]
    if len(parts) % 2 or len(keys) * 2 != len(parts):
        raise NotModelled("jsonb_build_object wants written keys, each with a value")
    values = [_json_value(settled(typed(t, value, scope))) for value in parts[1::2]]
    members = [f"{text_of(key + ': ')} || {value}" for key, value in assemble(zip(keys, values, strict=True))]
    return Typed("('{' || " + " || ', ' || ".join(members) + " || '}')" if members else "'{}'", JSONB)


def _json_value(value: Typed) -> str:
    kind = value.type.name
    if kind in WORDS:
        plain = f"CAST(to_json({value.sql}) AS VARCHAR)"
    elif kind in WHOLE or kind == "boolean":
        plain = f"CAST({value.sql} AS VARCHAR)"
    elif kind == "jsonb":
        plain = value.sql
    elif value.type == UNKNOWN:
        return "'null'"
    else:
        raise NotModelled(f"{value.type} inside jsonb_build_object is not modelled")
    return f"coalesce({plain}, 'null')"


_CALLED: dict[str, Callable[[Translation, exp.Expr, Scope], Typed]] = {"jsonb_build_object": _build_object}


@reads(exp.Anonymous)
def _call(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expressions")
    name = str(node.this).lower()
    if name not in _CALLED:
        raise NotModelled(f"the function {name}() is not modelled in the tables")
    return _CALLED[name](t, node, scope)


@reads(exp.Rand, exp.Uuid)
def _random(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del t, scope
    raise NotModelled(f"{node.sql('postgres')} gives other values each time; only a column default may use it")


@reads(exp.Count)
def _count(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "big_int")
    if isinstance(node.this, exp.Star):
        return Typed("count(*)", BIGINT)
    return Typed(f"count({_aggregated(t, node.this, scope)[0]})", BIGINT)


@reads(exp.Sum, exp.Min, exp.Max, exp.Avg)
def _aggregate(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    inner, kind = _aggregated(t, node.this, scope)
    if isinstance(node, exp.Min | exp.Max):
        if kind.name in {"boolean", "jsonb", "json", "uuid", "unknown"}:
            raise NotModelled(f"min and max of {kind} are not modelled")
        return Typed(f"{type(node).__name__.lower()}({inner})", kind)
    if kind.name not in {*WHOLE, "numeric"}:
        raise NotModelled(f"sum and avg of {kind} are not modelled")
    if isinstance(node, exp.Avg):
        return Typed(f"CAST(avg({inner}) AS DECIMAL(38,{DIVIDED_SCALE}))", NUMERIC)
    if kind.name == "numeric":
        return Typed(f"sum({inner})", PgType("numeric", 38, kind.scale) if kind.scale is not None else NUMERIC)
    wide = BIGINT if kind.name != "bigint" else PgType("numeric", 38, 0)
    return Typed(f"CAST(sum({inner}) AS {wide.storage})", wide)


def _aggregated(t: Translation, node: exp.Expr, scope: Scope) -> tuple[str, PgType]:
    if isinstance(node, exp.Distinct):
        only(node, "expressions")
        if len(node.expressions) != 1:
            raise NotModelled("DISTINCT over several columns is not modelled")
        value = settled(typed(t, node.expressions[0], scope))
        return f"DISTINCT {value.sql}", value.type
    value = settled(typed(t, node, scope))
    return value.sql, value.type


@reads(exp.LogicalAnd, exp.LogicalOr)
def _every(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    value = typed(t, node.this, scope)
    if value.type != BOOLEAN:
        raise NotModelled("bool_and and bool_or want a condition")
    return Typed(f"{'bool_and' if isinstance(node, exp.LogicalAnd) else 'bool_or'}({value.sql})", BOOLEAN)
