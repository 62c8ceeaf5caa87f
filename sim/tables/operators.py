"""Readers of literals, names and operators."""

import re

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.coercion import cast, common, interval, loosely, settled, spoken
from sim.tables.parsing import name_of, only
from sim.tables.pgtypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    INTERVAL,
    MOMENTS,
    NUMBERS,
    TEXT,
    TIMESTAMP,
    TIMESTAMPTZ,
    UNKNOWN,
    WHOLE,
    WORDS,
    PgType,
    read_type,
)  # fmt: skip
from sim.tables.reading import Scope, Translation, Typed, parameter, reads, text_of, typed, unknown_column

_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM", exp.NullSafeNEQ: "IS DISTINCT FROM",
}  # fmt: skip
_REGEX = re.compile(
    r"\^?(?:[A-Za-z0-9 _@,;:/=-]|\\[sd.+*?()-]|"
    r"\[\^?(?:[A-Za-z0-9 _@.+]|[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|-)+\]|[+*?|])*\$?"
)
_EQUAL_ONLY = {"=", "<>", "IS NOT DISTINCT FROM", "IS DISTINCT FROM"}
DIVIDED_SCALE = 12


@reads(exp.Paren)
def _paren(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    return typed(t, node.this, scope)


@reads(exp.Literal)
def _literal(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del t, scope
    text = str(node.this)
    if node.args.get("is_string"):
        return Typed("NULL", UNKNOWN, literal=text)
    if re.fullmatch(r"\d+", text, re.ASCII):
        for kind, limit in ((INTEGER, 2**31), (BIGINT, 2**63)):
            if int(text[:30]) < limit:
                return Typed(f"CAST({int(text)} AS {kind.storage})", kind)
    if re.fullmatch(r"\d*\.\d+|\d+\.|\d{19,38}", text, re.ASCII) and len(text) <= 37:
        digits = text.removesuffix(".")
        scale = len(text.partition(".")[2])
        width = len(digits.replace(".", ""))
        return Typed(f"CAST('{digits}' AS DECIMAL({width},{scale}))", PgType("numeric", width, scale))
    raise NotModelled(f"the number {text[:40]} is not modelled")


@reads(exp.Null)
def _null(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del t, node, scope
    return Typed("NULL", UNKNOWN)


@reads(exp.Boolean)
def _boolean(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del t, scope
    return Typed("TRUE" if node.this else "FALSE", BOOLEAN)


@reads(exp.Column)
def _column(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "table")
    alias = node.args.get("table")
    name = name_of(node.this)
    found = scope.column(name, name_of(alias) if alias is not None else None)
    if found is None:
        raise unknown_column(name, scope)
    t.use(found.sql)
    return found


@reads(exp.Parameter)
def _parameter(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del scope
    only(node, "this")
    return parameter(t, str(node.this.this) if isinstance(node.this, exp.Var) else str(node.this))


@reads(exp.CurrentTimestamp)
def _now(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del scope
    only(node)
    return Typed(t.now, TIMESTAMPTZ)


@reads(exp.CurrentDate)
def _today(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del scope
    only(node)
    return Typed(f"CAST({t.now} AS DATE)", DATE)


@reads(exp.Localtimestamp)
def _local_now(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del scope
    only(node)
    return Typed(t.now, TIMESTAMP)


@reads(exp.Interval)
def _interval(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    del t, scope
    only(node, "this", "unit")
    unit = node.args.get("unit")
    text = f"{node.this.this} {unit.this if isinstance(unit, exp.Var) else ''}".lower()
    try:
        return Typed(interval(text), INTERVAL)
    except ValueError:
        raise NotModelled(f"the interval {text!r} is not modelled") from None


@reads(*_SIGNS)
def _comparison(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    if isinstance(node.expression, exp.Any | exp.All):
        return _listed(t, node, scope)
    return compared(t, typed(t, node.this, scope), _SIGNS[type(node)], typed(t, node.expression, scope))


def _listed(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    """`= ANY (ARRAY[…])` and `<> ALL (ARRAY[…])`, which is how PostgreSQL spells IN and NOT IN."""
    either, every = isinstance(node, exp.EQ), isinstance(node, exp.NEQ)
    any_of = isinstance(node.expression, exp.Any)
    sign = "IN" if either and any_of else "NOT IN" if every and not any_of else None
    body = node.expression.this
    while isinstance(body, exp.Paren):
        body = body.this
    if sign is None or not isinstance(body, exp.Array) or not body.expressions:
        raise NotModelled(f"{node.sql('postgres')[:60]!r} is not modelled")
    values, kind = common(t, [typed(t, part, scope) for part in (node.this, *body.expressions)])
    if kind.name == "json":
        raise NotModelled("ANY over json is not modelled")
    return Typed(f"({values[0].sql} {sign} ({', '.join(value.sql for value in values[1:])}))", BOOLEAN)


def compared(t: Translation, left: Typed, sign: str, right: Typed) -> Typed:
    """A comparison of two values that PostgreSQL compares."""
    (left, right), kind = common(t, [left, right])
    if kind.name in {"json", "interval"} or (kind.name == "jsonb" and sign not in _EQUAL_ONLY):
        raise NotModelled(f"{sign} between {kind} values is not modelled")
    return Typed(f"({left.sql} {sign} {right.sql})", BOOLEAN)


@reads(exp.And, exp.Or)
def _both(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    word = "AND" if isinstance(node, exp.And) else "OR"
    return Typed(f"({truth(t, node.this, scope)} {word} {truth(t, node.expression, scope)})", BOOLEAN)


@reads(exp.Not)
def _not(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    return Typed(f"(NOT {truth(t, node.this, scope)})", BOOLEAN)


def truth(t: Translation, node: exp.Expr, scope: Scope) -> str:
    """An expression that must be a boolean."""
    value = typed(t, node, scope)
    if value.literal is not None:
        return spoken(value.literal, BOOLEAN).sql
    if value.loose:
        value = loosely(t, value, BOOLEAN)
    if value.type.name not in {"boolean", "unknown"}:
        raise NotModelled(f"a condition must be boolean, not {value.type}: {node.sql('postgres')[:60]!r}")
    return value.sql


@reads(exp.Is)
def _is(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression", "negate")
    word = "IS NOT" if node.args.get("negate") else "IS"
    if isinstance(node.expression, exp.Null):
        return Typed(f"({settled(typed(t, node.this, scope)).sql} {word} NULL)", BOOLEAN)
    if isinstance(node.expression, exp.Boolean):
        answer = "TRUE" if node.expression.this else "FALSE"
        sign = "IS DISTINCT FROM" if node.args.get("negate") else "IS NOT DISTINCT FROM"
        return Typed(f"({truth(t, node.this, scope)} {sign} {answer})", BOOLEAN)
    raise NotModelled(f"{node.sql('postgres')[:60]!r} is not modelled")


@reads(exp.Between)
def _between(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "low", "high")
    value, low, high = (typed(t, node.args[part], scope) for part in ("this", "low", "high"))
    return Typed(f"({compared(t, value, '>=', low).sql} AND {compared(t, value, '<=', high).sql})", BOOLEAN)


@reads(exp.Like, exp.ILike)
def _like(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression", "negate")
    value, pattern = words(t, node.this, scope), words(t, node.expression, scope)
    word = ("NOT " if node.args.get("negate") else "") + ("LIKE" if isinstance(node, exp.Like) else "ILIKE")
    return Typed(f"({value} {word} {pattern} ESCAPE '\\')", BOOLEAN)


@reads(exp.RegexpLike)
def _matches(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    """`~` with a written pattern made only of what both engines read alike."""
    only(node, "this", "expression")
    pattern = node.expression
    if not isinstance(pattern, exp.Literal) or not _REGEX.fullmatch(str(pattern.this)):
        raise NotModelled(f"the pattern in {node.sql('postgres')[:60]!r} is not modelled")
    return Typed(f"regexp_matches({words(t, node.this, scope)}, {text_of(str(pattern.this))})", BOOLEAN)


def words(t: Translation, node: exp.Expr, scope: Scope) -> str:
    """An expression that must be text."""
    value = settled(typed(t, node, scope))
    if value.loose:
        value = loosely(t, value, TEXT)
    if value.type.name not in {*WORDS, "unknown"}:
        raise NotModelled(f"text is wanted, not {value.type}: {node.sql('postgres')[:60]!r}")
    return f"CAST({value.sql} AS VARCHAR)" if value.type.name == "unknown" else value.sql


@reads(exp.DPipe)
def _joined(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression", "safe")
    left, right = typed(t, node.this, scope), typed(t, node.expression, scope)
    if not any(side.literal is not None or side.type.name in WORDS for side in (left, right)):
        raise NotModelled(f"|| between {left.type} and {right.type} is not modelled")
    if any(side.type.name in {"jsonb", "json"} for side in (left, right)):
        raise NotModelled("jsonb || is not modelled")
    return Typed(f"({cast(left, TEXT).sql} || {cast(right, TEXT).sql})", TEXT)


@reads(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
def _arithmetic(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression", "typed", "safe")
    left, right = typed(t, node.this, scope), typed(t, node.expression, scope)
    if {left.type.name, right.type.name} & {*MOMENTS, "interval"}:
        return _moments(node, left, right)
    (left, right), kind = common(t, [left, right])
    if kind.name not in NUMBERS:
        raise NotModelled(f"arithmetic with {kind} is not modelled: {node.sql('postgres')[:60]!r}")
    if isinstance(node, exp.Div | exp.Mod):
        return _divided(node, left, right, kind)
    sign = "+" if isinstance(node, exp.Add) else "-" if isinstance(node, exp.Sub) else "*"
    scale = left.type.scale
    if sign == "*" and kind.name == "numeric" and left.type.name == "numeric" and scale is not None:
        left = Typed(f"CAST({left.sql} AS DECIMAL(38,{scale}))", left.type)
    both = f"({left.sql} {sign} {right.sql})"
    if kind.name in WHOLE:
        return Typed(f"CAST({both} AS {kind.storage})", kind)
    return Typed(both, kind if kind.name == "double precision" else _result(node, left.type, right.type))


def _result(node: exp.Expr, left: PgType, right: PgType) -> PgType:
    """The scale of an exact sum or product; without one the text form is not vouched for."""
    scales = [0 if side.name in WHOLE else side.scale for side in (left, right)]
    if None in scales:
        return PgType("numeric")
    one, other = scales
    return PgType("numeric", 38, one + other if isinstance(node, exp.Mul) else max(one, other))  # type: ignore[operator, type-var]


def _divided(node: exp.Expr, left: Typed, right: Typed, kind: PgType) -> Typed:
    zero = f"CASE WHEN {right.sql} = 0 THEN error('division by zero') ELSE {right.sql} END"
    if isinstance(node, exp.Mod):
        if kind.name == "double precision":
            raise NotModelled("% of double precision is not modelled")
        return Typed(f"({left.sql} % ({zero}))", kind if kind.name in WHOLE else _result(node, left.type, right.type))
    if kind.name in WHOLE:
        return Typed(f"CAST(({left.sql} // ({zero})) AS {kind.storage})", kind)
    if kind.name == "numeric" and (exact := _exactly(left, right, zero)) is not None:
        return Typed(exact, PgType("numeric"))
    ratio = f"(CAST({left.sql} AS DOUBLE) / CAST({zero} AS DOUBLE))"
    if kind.name == "double precision":
        return Typed(ratio, DOUBLE)
    return Typed(f"CAST({ratio} AS DECIMAL(38,{DIVIDED_SCALE}))", PgType("numeric"))


def _exactly(left: Typed, right: Typed, divisor: str) -> str | None:
    """A quotient of decimals, by whole numbers, rounded half away from zero; None when a scale is not known."""
    scales = [0 if side.type.name in WHOLE else side.type.scale for side in (left, right)]
    if scales[0] is None or scales[1] is None:
        return None
    one, other = "0" * scales[0], "0" * scales[1]
    over = f"(CAST(({left.sql}) * 1{one} AS HUGEINT) * CAST('1{other}{'0' * DIVIDED_SCALE}' AS HUGEINT))"
    under = f"(CAST(({divisor}) * 1{other} AS HUGEINT) * CAST('1{one}' AS HUGEINT))"
    half = f"(CASE WHEN ({over} < 0) = ({under} < 0) THEN {under} ELSE - {under} END)"
    rounded = f"((2 * {over} + {half}) // (2 * {under}))"
    unit = f"CAST('0.{'0' * (DIVIDED_SCALE - 1)}1' AS DECIMAL({DIVIDED_SCALE},{DIVIDED_SCALE}))"
    return f"(CAST({rounded} AS DECIMAL(26,0)) * {unit})"


def _moments(node: exp.Expr, left: Typed, right: Typed) -> Typed:
    sign = "+" if isinstance(node, exp.Add) else "-" if isinstance(node, exp.Sub) else None
    names = (left.type.name, right.type.name)
    both = f"({left.sql} {sign} {right.sql})"
    if sign and names[0] in MOMENTS and names[1] == "interval":
        return Typed(both, TIMESTAMP if names[0] == "date" else left.type)
    if sign and names[0] == "date" and names[1] in WHOLE:
        return Typed(f"CAST(({left.sql} {sign} CAST({right.sql} AS INTEGER)) AS DATE)", DATE)
    if sign == "-" and names == ("date", "date"):
        return Typed(f"CAST({both} AS INTEGER)", INTEGER)
    if sign == "-" and names[0] == names[1] and names[0] in {"timestamp", "timestamptz"}:
        return Typed(both, INTERVAL)
    raise NotModelled(f"{node.sql('postgres')[:60]!r} ({names[0]} and {names[1]}) is not modelled")


@reads(exp.Neg)
def _negative(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    value = typed(t, node.this, scope)
    if value.type.name not in NUMBERS:
        raise NotModelled(f"minus {value.type} is not modelled")
    return Typed(f"(- {value.sql})", value.type)


@reads(exp.Cast)
def _cast(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "to", "_type")
    kind, value = read_type(node.args["to"], t.catalog.enums), typed(t, node.this, scope)
    return loosely(t, value, kind) if value.loose else cast(value, kind)


@reads(exp.Case)
def _case(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "ifs", "default")
    tests, results = [], []
    for branch in node.args["ifs"]:
        only(branch, "this", "true")
        tests.append(_when(t, node.args.get("this"), branch.this, scope))
        results.append(typed(t, branch.args["true"], scope))
    default = node.args.get("default")
    values, kind = common(t, [*results, typed(t, default, scope) if default is not None else Typed("NULL", UNKNOWN)])
    arms = " ".join(f"WHEN {test} THEN {value.sql}" for test, value in zip(tests, values[:-1], strict=True))
    return Typed(f"(CASE {arms} ELSE {values[-1].sql} END)", kind)


def _when(t: Translation, subject: exp.Expr | None, test: exp.Expr, scope: Scope) -> str:
    if subject is None:
        return truth(t, test, scope)
    return compared(t, typed(t, subject, scope), "=", typed(t, test, scope)).sql
