"""DuckDB says what PostgreSQL says, or the answer is that it is not modelled."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import NotModelled
from sim.judge.judge import Judge
from sim.judge.values import Base, Lineage, Refusal, SeedRows
from sim.tables.comparing import meant
from sim.tables.store import Store

DDL = """CREATE TABLE samples (id int PRIMARY KEY, i int, b bigint, n numeric(10,2), w text, v varchar(5), ok boolean,
    d date, t timestamptz, j jsonb); CREATE TABLE answers (id int, told text)"""
ROWS: tuple[tuple[str | None, ...], ...] = (
    ("1", "7", "3000000000", "2.50", "paid", "ab", "t", "2026-01-31", "2026-01-31 10:00:00+00", "{}"),
    ("2", "-7", "-1", "-0.05", "Paid", "", "f", "2024-02-29", "2026-03-13 13:59:59.5+00", '{"a": "x", "bb": 2}'),
    ("3", None, None, None, None, None, None, None, None, None),
    ("4", "0", "0", "0.00", "", "a_b%c", "f", "1999-12-31", "2026-03-13 14:00:00+00", '{"a": null}'),
    ("5", "2147483647", "5", "99999999.99", "Ünï 'q\\", "x", "t", "2026-03-13", "2000-01-01 00:00:00+00", "[]"),
)
EXPRESSIONS = (
    "i / 2", "-i / 2", "i % 3", "n / 3", "n * n", "n + i", "7 / 2", "7 / 2.0", "b / 7 * 7", "round(n, 1)", "round(n)",
    "n::int", "i::text", "n::text", "ok::text", "d::text", "t::text", "w || i", "w || v", "concat(w, i, v)", "lower(v)",
    "coalesce(w, 'none')", "nullif(w, '')", "greatest(i, 3)", "least(n, 1)", "w LIKE 'p%'", "v LIKE 'a\\_b\\%c'",
    "w ILIKE 'PAID'", "w NOT LIKE '%a%'", "length(w)", "position('a' in w)", "substr(w, 2, 2)", "left(w, 2)",
    "trim(v)", "replace(w, 'a', 'b')", "split_part(v, '_', 1)", "w = 'paid'", "w <> v", "w < 'b'", "i IS NULL",
    "ok IS NOT TRUE", "ok IS DISTINCT FROM true", "NOT ok", "ok AND i > 0", "ok OR NULL", "i BETWEEN -7 AND 0",
    "i NOT IN (1, 7)", "w IN ('paid', NULL)", "CASE WHEN i > 0 THEN 'up' WHEN i < 0 THEN 'down' END",
    "CASE w WHEN 'paid' THEN 1 ELSE 2.5 END", "d + 1", "d - 30", "d - DATE '2026-01-01'", "d + INTERVAL '1 month'",
    "t - INTERVAL '90 minutes'",
    "t - TIMESTAMPTZ '2026-03-11 12:30:15+00'",
    "t > '2026-03-13 14:00'", "t::date", "date_trunc('month', t)", "extract(year from d)",
    "extract(dow from t)", "j = '{}'", "j <> '{ }'", "j = '{\"bb\":2,\"a\":\"x\"}'", "j IS NULL", "'12'::int + b",
    "' 12 '::int", "'abcdefg'::varchar(3)", "v::varchar(1)", "i::bigint * 1000000", "abs(n)", "floor(n)", "ceil(n)",
    "md5(w)", "starts_with(w, 'p')", "jsonb_build_object('bb', i, 'a', w, 'a', ok)", "i = ANY (ARRAY[7, 0])",
    "w ~ '^[A-Za-z]+$'", "EXISTS (SELECT 1 FROM samples s WHERE s.i > samples.i)",
    "(SELECT max(s.n) FROM samples s WHERE s.ok = samples.ok)", "1.10", "-0.0", "2147483647 + 1::bigint", "n = 2.5",
    "(SELECT count(*) FILTER (WHERE s.ok) FROM samples s)", "(SELECT sum(i) FROM samples)", "true",
)  # fmt: skip


@pytest.fixture(scope="module")
def lineage(judge: Judge) -> Lineage:
    return Lineage(Base((DDL,)), ())


@pytest.fixture(scope="module")
def samples() -> Store:
    store = Store(1_773_410_400_000_000)
    store.create({"samples": DDL}, None)
    for row in ROWS:
        values = ", ".join("NULL" if cell is None else "'" + cell.replace("'", "''") + "'" for cell in row)
        store.run(f"INSERT INTO samples VALUES ({values})", 0)
    return store


def ours(store: Store, expression: str) -> list[str | None]:
    kind = store.translate(f"SELECT {expression} FROM samples", 0).columns[0][1]
    _, rows = store.rows(f"SELECT id, {expression} AS told FROM samples ORDER BY id", 0, 100, 1000)
    return [meant(told, kind.name) for _, told in rows]


def theirs(
    judge: Judge, lineage: Lineage, expressions: Sequence[str], kinds: Sequence[str]
) -> list[list[str | None] | None]:
    """Every expression on every row; None where PostgreSQL refuses it."""
    given = SeedRows(("id", "i", "b", "n", "w", "v", "ok", "d", "t", "j"), ROWS)
    empty = SeedRows(("id", "told"), ())
    answers: list[list[str | None] | None] = []
    for expression, kind in zip(expressions, kinds, strict=True):
        found = judge.outcome(
            lineage,
            f"INSERT INTO answers SELECT id, ({expression})::text FROM samples",
            {"samples": given, "answers": empty},
        )
        if isinstance(found, Refusal):
            answers.append(None)
            continue
        told = sorted((int(row[0] or 0), row[1]) for row in found["answers"].values)
        answers.append([meant(text, kind) for _, text in told])
    return answers


def kind_of(store: Store, expression: str) -> str:
    return store.translate(f"SELECT {expression} FROM samples", 0).columns[0][1].name


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_means_the_same(judge: Judge, lineage: Lineage, samples: Store, expression: str) -> None:
    """Written for DuckDB, it gives PostgreSQL's value on every row, nulls included."""
    kind = kind_of(samples, expression)
    told = theirs(judge, lineage, [expression], [kind])[0]
    if kind == "numeric" and "/" in expression and told is not None:
        told = [text and meant(str(round(Decimal(text), 12)), kind) for text in told]  # we keep twelve digits
    assert ours(samples, expression) == told


REFUSED = (
    "i / 0", "i::smallint", "v::int", "1 / (i - i)", "w = i", "w + 1", "i AND ok", "'x'::int", "'2026-02-30'::date",
    "i * 2147483647", "missing", "n::numeric(4,2)",
)  # fmt: skip


@pytest.mark.parametrize("expression", REFUSED)
def test_what_postgresql_refuses_is_not_answered(
    judge: Judge, lineage: Lineage, samples: Store, expression: str
) -> None:
    """An error there is a refusal here, never a value."""
    assert theirs(judge, lineage, [expression], ["text"]) == [None]
    with pytest.raises(Exception):  # noqa: B017, PT011  # the child turns DuckDB's own errors into refusals
        ours(samples, expression)


UNKNOWN = (
    "random()", "gen_random_uuid()", "clock_timestamp()", "pg_sleep(1)", "j || '{}'", "j -> 'a'", "j @> '{}'", "i ^ 2",
    "to_char(t, 'YYYY')", "format('%s', w)", "repeat(w, 3)", "regexp_replace(w, 'a', 'b')", "array_agg(i)",
    "'03/15/2019'::date", "e'\\n'", "$$x$$", 'w COLLATE "C"', "t AT TIME ZONE 'UTC'", "generate_series(1, 3)",
    "current_setting('x')", "round(i)", "(j ->> 'a.b')", "substr(w, -1)", "i & 1", "sqrt(n)", "1e5",
    "(i, w) IN (SELECT i, w FROM samples)",
)  # fmt: skip


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_is_not_vouched_for_is_not_modelled(samples: Store, expression: str) -> None:
    """The list of readers is the allow-list, and the sentence names what is missing."""
    with pytest.raises(NotModelled):
        kind_of(samples, expression)


numbers = st.sampled_from(["i", "b", "n", "2", "-3", "0.5", "10"])
tests = st.sampled_from(["ok", "w = 'paid'", "i > 0", "n IS NULL", "d >= '2026-01-01'", "j <> '{}'"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(numbers)
    form = draw(st.sampled_from(["{a} + {b}", "{a} - {b}", "{a} * {b}", "-({a})", "({a})", "coalesce({a}, {b})",
                                 "CASE WHEN {c} THEN {a} ELSE {b} END", "nullif({a}, {b})", "abs({a})"]))  # fmt: skip
    inner = expressions(depth=depth - 1)
    return form.format(a=draw(inner), b=draw(inner), c=draw(conditions(depth=depth - 1)))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth <= 0:
        return draw(tests)
    form = draw(st.sampled_from(["{c} AND {d}", "{c} OR {d}", "NOT {c}", "({c})", "{a} < {b}", "{a} = {b}",
                                 "{a} BETWEEN {b} AND 9", "({c}) IS NOT TRUE", "{a} IN ({b}, 7)"]))  # fmt: skip
    inner, number = conditions(depth=depth - 1), expressions(depth=depth - 1)
    return form.format(a=draw(number), b=draw(number), c=draw(inner), d=draw(inner))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(expression=st.one_of(expressions(), conditions()))
def test_any_expression_means_the_same_or_is_refused(
    judge: Judge, lineage: Lineage, samples: Store, expression: str
) -> None:
    """Precedence, nulls, integer and decimal arithmetic: drawn at random."""
    try:
        kind = kind_of(samples, expression)
        mine = ours(samples, expression)
    except Exception:  # noqa: BLE001  # not answered, which is allowed
        return
    told = theirs(judge, lineage, [expression], [kind])[0]
    if told is not None:  # PostgreSQL may overflow in a value that DuckDB finds nobody needs
        assert mine == told
