"""What a statement asks of the rows that are there, and that their answer decides."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import NotModelled
from sim.judge.judge import Judge
from sim.judge.server import SUPERUSER, Server
from sim.judge.values import RowCheck, Script, SeedRows, seed_rows_decide
from tests.judge.shop import CUSTOMERS, NOTHING, ORDERS, finds, one_by_one, orders, shop, together

# statement → the tables, kinds and predicates that it asks about, and a row of orders (or two) that it refuses, and how
_REFUSING = [
    pytest.param("ALTER TABLE orders ADD COLUMN metadata jsonb NOT NULL", "rows", orders(("1", "1", "1", "x", "y")),
                 "23502", id="a required column without a default"),
    pytest.param("ALTER TABLE orders ALTER COLUMN code SET NOT NULL", "not null", orders(("1", "1", "1", "x", None)),
                 "23502", id="SET NOT NULL"),
    pytest.param("ALTER TABLE orders ADD CHECK (amount > 5)", "check", orders(("1", "1", "4.20", "x", None)), "23514",
                 id="a CHECK"),
    pytest.param("ALTER TABLE orders ADD UNIQUE (code, status)", "unique",
                 orders(("1", "1", "1", "x", "y"), ("2", "1", "1", "x", "y")), "23505", id="UNIQUE"),
    pytest.param("CREATE UNIQUE INDEX ON orders (lower(code)) WHERE status = 'paid'", "unique",
                 orders(("1", "1", "1", "paid", "y"), ("2", "1", "1", "paid", "Y")), "23505", id="a partial index"),
    pytest.param("CREATE UNIQUE INDEX CONCURRENTLY one ON orders (code)", "unique",
                 orders(("1", "1", "1", "x", "y"), ("2", "1", "1", "x", "y")), "23505", id="an index built aside"),
    pytest.param("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers", "foreign key",
                 orders(("1", "777777", "1", "x", None)), "23503", id="a foreign key"),
    pytest.param("ALTER TABLE orders ALTER COLUMN code TYPE varchar(3)", "type", orders(("1", "1", "1", "x", "long")),
                 "22001", id="a narrower text"),
    pytest.param("ALTER TABLE orders ALTER COLUMN customer_id TYPE int", "type",
                 orders(("1", "3000000000", "1", "x", None)), "22003", id="a narrower number"),
    pytest.param("ALTER TABLE orders ALTER COLUMN amount TYPE numeric(4,2)", "type",
                 orders(("1", "1", "99.999", "x", None)), "22003", id="fewer digits"),
    pytest.param("ALTER TABLE orders ALTER COLUMN code TYPE int USING code::int", "type",
                 orders(("1", "1", "1", "x", "seven")), "22P02", id="text that is no number"),
    pytest.param("ALTER TABLE orders ALTER COLUMN code TYPE boolean USING CAST(code AS boolean), ADD COLUMN n int",
                 "type", orders(("1", "1", "1", "x", "maybe")), "22P02", id="text that is no truth"),
    pytest.param("ALTER TABLE orders ALTER status TYPE smallint USING length(status) * 1000", "type",
                 orders(("1", "1", "1", "x" * 40, None)), "22003", id="a computed value that does not fit"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "kind", "witness", "sqlstate"), _REFUSING)
def test_a_violating_row_makes_postgresql_refuse(
    judge: Judge, statement: str, kind: str, witness: SeedRows, sqlstate: str
) -> None:
    """A witness from the real tables is shown to the server, which refuses by itself; without one it accepts."""
    lineage = shop()
    assert {(check.table, check.kind) for check in judge.checks(lineage, statement)} == {("orders", kind)}
    refused = judge.run(lineage, one_by_one(statement), finds(orders=witness))
    assert refused.statements[-1].sqlstate == sqlstate
    assert judge.run(lineage, one_by_one(statement)).refused is None


@pytest.mark.parametrize("statement", [case.values[0] for case in _REFUSING])
def test_an_empty_table_refuses_nothing(judge: Judge, statement: object) -> None:
    """Where the real table holds no row, the seed rows hold none either."""
    assert (
        judge.run(shop(), together("CREATE INDEX ON orders (id)", str(statement).replace("CONCURRENTLY ", ""))).refused
        is None
    )


@pytest.mark.parametrize("statement", [case.values[0] for case in _REFUSING])
def test_seed_rows_refuse_nothing_that_real_rows_allow(judge: Judge, statement: object) -> None:
    """A seed row that happens to violate a check that found nothing is out of the way."""
    odd = orders(("1", "3000000000", "999.999", "paid", "seven"), ("2", "777", "1", "paid", None),
                 ("3", "778", "1", "paid", "seven"), ("4", "779", "1", "x" * 40, "SEVEN"))  # fmt: skip
    assert judge.run(shop(odd), one_by_one(str(statement))).refused is None


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders ADD COLUMN note text",
        "ALTER TABLE orders ADD CHECK (amount > 5) NOT VALID",
        "ALTER TABLE orders ALTER COLUMN status TYPE varchar(3) USING status::varchar(3)",
        "ALTER TABLE orders ALTER COLUMN customer_id TYPE numeric",
        "ALTER TABLE orders DROP COLUMN code",
        "CREATE INDEX ON orders (code)",
        "CREATE TABLE other (id int PRIMARY KEY, orders_id bigint NOT NULL REFERENCES orders)",
        "UPDATE orders SET code = NULL",
        "ALTER TABLE orders ALTER COLUMN nonsense SET NOT NULL",
        "SELECT 1",
    ],
)
def test_what_asks_nothing_checks_nothing(judge: Judge, statement: str) -> None:
    """No question, no witness: whatever the rows are, the verdict is the same."""
    assert judge.checks(shop(), statement) == ()


def test_validating_asks_what_the_constraint_says(judge: Judge) -> None:
    """NOT VALID puts the question off, VALIDATE asks it; a row that breaks it can be there meanwhile."""
    put_off = judge.run(shop(), one_by_one("ALTER TABLE orders ADD CONSTRAINT dear CHECK (amount > 5) NOT VALID"))
    validate = "ALTER TABLE orders VALIDATE CONSTRAINT dear"
    assert [check.kind for check in judge.checks(put_off.after, validate)] == ["check"]
    cheap = finds(orders=orders(("1", "1", "4.20", "x", None)))
    assert judge.run(put_off.after, one_by_one(validate), cheap).statements[-1].sqlstate == "23514"
    assert judge.run(put_off.after, one_by_one(validate)).refused is None


def test_a_constraint_from_an_index_asks_nothing_again(judge: Judge) -> None:
    """The index has already asked whether the values are unique."""
    indexed = judge.run(shop(), one_by_one("CREATE UNIQUE INDEX one ON orders (code)")).after
    assert judge.checks(indexed, "ALTER TABLE orders ADD CONSTRAINT one UNIQUE USING INDEX one") == ()


def test_a_check_finds_its_rows_by_itself(judge: Judge) -> None:
    """The query of a check runs as it stands, and gives as many rows as the violation needs."""
    (check,) = judge.checks(shop(), "ALTER TABLE orders ADD UNIQUE (code)")
    assert (check.needs, check.finds.startswith("SELECT orders.* FROM orders WHERE ")) == (2, True)
    assert RowCheck("t", "a IS NULL", "not null").finds == "SELECT t.* FROM t WHERE a IS NULL LIMIT 1"


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders ADD EXCLUDE USING hash (code WITH =)",
        "ALTER TABLE orders ADD UNIQUE NULLS NOT DISTINCT (code)",
    ],
)
def test_what_is_not_modelled_says_so(judge: Judge, statement: str) -> None:
    """A question that the tables could only guess at has no answer."""
    with pytest.raises(NotModelled):
        judge.checks(shop(), statement)


_DUPLICATES = "{0} AND ({1}) IN (SELECT {1} FROM orders WHERE {0} GROUP BY {1} HAVING count(*) > 1)"
_NUMBER = r"(code) ~ '^\s*[-+]?[0-9]+\s*$'"
_TRUTHS = "'t', 'tr', 'tru', 'true', 'f', 'fa', 'fal', 'fals', 'false', 'y', 'ye', 'yes', 'n', 'no', 'on', 'of', 'off'"
_PAID = "(lower(code)) IS NOT NULL AND ((status = 'paid'::text))"
_PARENT = 'SELECT 1 FROM customers AS parent WHERE parent."id" = orders."customer_id"'
_ASKED = [
    "TRUE",
    '"code" IS NULL',
    "((amount > (5)::numeric)) IS FALSE",
    _DUPLICATES.format("(code) IS NOT NULL AND (status) IS NOT NULL", "code, status"),
    _DUPLICATES.format(_PAID, "lower(code)"),
    _DUPLICATES.format("(code) IS NOT NULL", "code"),
    f'(orders."customer_id" IS NOT NULL) AND NOT EXISTS ({_PARENT})',
    'length(rtrim(("code")::text)) > 3',
    'round(("customer_id")) NOT BETWEEN -2147483648 AND 2147483647',
    'abs(round((("amount"))::numeric, 2)) >= 100',
    _NUMBER.replace("~", "!~"),
    f"CASE WHEN {_NUMBER} THEN round((code)::numeric) NOT BETWEEN -2147483648 AND 2147483647 END",
    f"lower(btrim(code)) NOT IN ({_TRUTHS}, '1', '0')",
    "round(((length(status) * 1000))) NOT BETWEEN -32768 AND 32767",
]


def test_both_servers_ask_the_same(judge: Judge) -> None:
    """A verdict book is good for every server, so the questions must be the same text."""
    asked = [check.where for case in _REFUSING for check in judge.checks(shop(), str(case.values[0]))]
    assert asked == _ASKED


_VALUES = st.none() | st.sampled_from(["1", "7", " 7 ", "seven", "true", "long text", "1.5", "", "x   "])
_ROWS = st.lists(st.tuples(st.none() | st.integers(1, 4), st.none() | st.integers(0, 120), _VALUES), max_size=6)
_STATEMENTS = st.sampled_from([case.values[0] for case in _REFUSING if "CONCURRENTLY" not in str(case.values[0])])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS, scripts=st.lists(_STATEMENTS, min_size=1, max_size=3), grouped=st.booleans())
def test_bits_and_witnesses_give_the_verdict_of_all_rows(
    server: Server,
    judge: Judge,
    rows: list[tuple[int | None, int | None, str | None]],
    scripts: list[str],
    grouped: bool,
) -> None:
    """The judge, which never sees the real rows, says what a server that holds them all says."""
    texts = tuple(
        (str(i), None if buyer is None else str(buyer), None if amount is None else str(amount), code, code)
        for i, (buyer, amount, code) in enumerate(rows, start=1)
    )
    with psycopg.connect(**server.address("postgres", SUPERUSER), autocommit=True) as real:
        real.execute("DROP SCHEMA IF EXISTS real CASCADE")
        real.execute("CREATE SCHEMA real")
        real.execute("SET search_path = real")
        real.execute(f"{CUSTOMERS}; {ORDERS}; INSERT INTO customers VALUES (1), (2), (3)")
        for row in texts:
            real.execute("INSERT INTO orders VALUES (%s, %s, %s, %s, %s)", row)
        ran_there: list[str] = []

        def find(ran: tuple[str, ...], check: RowCheck) -> SeedRows | None:
            for statement in ran[len(ran_there) :]:
                real.execute(statement.encode())
                ran_there.append(statement)
            found = real.execute(check.finds.encode())
            names = tuple(column.name for column in found.description or ())
            shown = tuple(tuple(None if value is None else _text(value) for value in row) for row in found.fetchall())
            return SeedRows(names, shown) if shown else None

        verdict = judge.run(shop(NOTHING), Script(tuple(scripts), grouped), find)
        assert [one.sqlstate for one in verdict.statements] == _for_real(real, scripts, len(ran_there))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _for_real(real: "psycopg.Connection[tuple[object, ...]]", scripts: list[str], ran: int) -> list[str | None]:
    states: list[str | None] = [None] * ran
    for statement in scripts[ran:]:
        try:
            real.execute(statement.encode())
        except psycopg.Error as error:
            return [*states, error.sqlstate]
        states.append(None)
    return states


def test_the_seed_rows_decide_where_nobody_knows_more(judge: Judge) -> None:
    """Whoever has no tables to ask can leave it to the rows of the base."""
    statement = one_by_one("ALTER TABLE orders ADD CHECK (amount > 5)")
    assert judge.run(shop(), statement, seed_rows_decide).statements[-1].sqlstate == "23514"
