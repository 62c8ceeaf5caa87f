"""What statements do to rows: requests in order, operators at once, DDL to all of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import NotModelled
from sim.tables.store import Store
from tests.tables.conftest import CLOCK_ZERO_US
from tests.tables.shop import INSERT, batch, column, orders

COUNTERS = "CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, last text)"


def counters(*rows: tuple[int, int, str | None]) -> Store:
    store = Store(CLOCK_ZERO_US)
    store.create({"counters": COUNTERS}, None)
    for key, number, last in rows:
        store.run(f"INSERT INTO counters VALUES ({key}, {number}, {'NULL' if last is None else repr(last)})", 0)
    return store


def told(store: Store, sql: str, at_ms: int = 0) -> list[list[str | None]]:
    return store.rows(sql, at_ms, 10_000, 1000)[1]


def test_an_insert_of_requests_fills_defaults_at_their_own_time(store: Store) -> None:
    """now() is the moment of each request, and jsonb is PostgreSQL's text for it."""
    assert store.append([INSERT], orders(2001, '{"utm": "a", "x":1}', "{}")) == [2]
    assert told(store, "SELECT status, created_at, order_metadata FROM orders WHERE id > 2000 ORDER BY id") == [
        ["pending", "2026-03-13 14:00:00+00", '{"x": 1, "utm": "a"}'],
        ["pending", "2026-03-13 14:00:01+00", "{}"],
    ]


def test_every_statement_of_a_request_is_carried_out(store: Store) -> None:
    """A SELECT changes nothing; what fails changes nothing at all."""
    new = orders(2001, "{}")
    steps = [INSERT, "SELECT 1", "UPDATE customers SET vip = true WHERE id = $customer_id"]
    assert store.append(steps, new) == [1, 0, 1]
    with pytest.raises(Exception, match="too long"):
        store.append(
            [INSERT, "UPDATE orders SET status = status || ' and much more' WHERE id = $id"], orders(2002, "{}")
        )
    assert store.count("SELECT 1 FROM orders WHERE id > 2000", 0) == 1


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(
            "UPDATE counters SET last = $w WHERE id = $id", [["1", "0", "c"], ["2", "0", "b"]], id="last wins"
        ),
        pytest.param(
            "UPDATE counters SET n = n + 1 WHERE id = $id", [["1", "2", None], ["2", "1", None]], id="adds up"
        ),
        pytest.param(
            "UPDATE counters SET last = $w WHERE id = $id AND last IS NULL",
            [["1", "0", "a"], ["2", "0", "b"]],
            id="first wins where it says so",
        ),
        pytest.param(
            "INSERT INTO counters (id, n, last) VALUES ($id, 1, $w) ON CONFLICT (id) DO UPDATE "
            "SET n = counters.n + excluded.n, last = excluded.last",
            [["1", "2", "c"], ["2", "1", "b"]],
            id="upserts",
        ),
        pytest.param(
            "INSERT INTO counters (id, n, last) VALUES ($id + 1, 7, $w) ON CONFLICT (id) DO NOTHING",
            [["1", "0", None], ["2", "0", None], ["3", "7", "b"]],
            id="inserts what is new",
        ),
        pytest.param("DELETE FROM counters WHERE id = $id AND $w = 'b'", [["1", "0", None]], id="deletes"),
    ],
)
def test_requests_that_meet_in_a_row_take_turns(statement: str, expected: list[list[str | None]]) -> None:
    """Three requests: a on row 1, b on row 2, c on row 1 again."""
    store = counters((1, 0, None), (2, 0, None))
    store.append([statement], batch(id=column(1, 2, 1, kind="bigint"), w=column("a", "b", "c")))
    assert told(store, "SELECT * FROM counters ORDER BY id") == expected


UPDATES = (
    "UPDATE counters SET n = n * 3 + $k WHERE id = $id",
    "UPDATE counters SET last = $w WHERE id = $id",
    "UPDATE counters SET n = n + 1, last = $w WHERE id = $id AND n < 3",
    "UPDATE counters SET n = $k",
    "UPDATE counters SET n = n + (SELECT max(c.n) FROM counters c) WHERE id = $id",
    "INSERT INTO counters (id, n) VALUES ($id, $k) ON CONFLICT (id) DO UPDATE SET n = excluded.n - counters.n",
    "DELETE FROM counters WHERE id = $id AND n = $k",
)
request_of = st.tuples(st.integers(1, 4), st.integers(0, 3), st.sampled_from("ab"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(statement=st.sampled_from(UPDATES), requests=st.lists(request_of, min_size=1, max_size=8))
def test_a_batch_does_what_its_requests_do_one_by_one(statement: str, requests: list[tuple[int, int, str]]) -> None:
    """However they meet in rows."""
    together, apart = (counters((1, 0, None), (2, 1, None), (3, 2, "z")) for _ in range(2))
    keys, numbers, words = zip(*requests, strict=True)
    together.append(
        [statement], batch(id=column(*keys, kind="bigint"), k=column(*numbers, kind="bigint"), w=column(*words))
    )
    for key, number, word in requests:
        one = statement.replace("$id", str(key)).replace("$k", str(number)).replace("$w", f"'{word}'")
        apart.run(one, 0, operator=False)
    everything = "SELECT * FROM counters ORDER BY id, n"
    assert told(together, everything) == told(apart, everything)


@pytest.mark.parametrize(
    ("ddl", "query", "expected"),
    [
        pytest.param(
            'ALTER TABLE counters ADD COLUMN j jsonb NOT NULL DEFAULT \'{"b":1,"a" : 2}\'',
            "SELECT j FROM counters",
            '{"a": 2, "b": 1}',
            id="a default reaches the rows that are there",
        ),
        pytest.param(
            "ALTER TABLE counters ADD COLUMN x int", "SELECT x FROM counters", None, id="without one they are null"
        ),
        pytest.param(
            "ALTER TABLE counters RENAME COLUMN n TO hits", "SELECT hits FROM counters", "5", id="rename a column"
        ),
        pytest.param("ALTER TABLE counters RENAME TO tallies", "SELECT n FROM tallies", "5", id="rename a table"),
        pytest.param(
            "ALTER TABLE counters ALTER COLUMN n TYPE text USING 'n' || n", "SELECT n FROM counters", "n5", id="using"
        ),
        pytest.param(
            "ALTER TABLE counters ALTER COLUMN n TYPE bigint",
            "SELECT n * 1000000000 FROM counters",
            "5000000000",
            id="widen",
        ),
        pytest.param(
            "ALTER TABLE counters ADD COLUMN a int DEFAULT 1, DROP COLUMN last",
            "SELECT * FROM counters",
            "1",
            id="several at once",
        ),
        pytest.param("CREATE VIEW v AS SELECT n + 1 AS m FROM counters", "SELECT m FROM v", "6", id="a view"),
        pytest.param("CREATE TABLE copy AS SELECT n FROM counters", "SELECT n FROM copy", "5", id="a copy"),
        pytest.param(
            "ALTER TABLE counters ADD COLUMN k bigserial", "SELECT k FROM counters", "1", id="a serial counts the rows"
        ),
        pytest.param(
            "ALTER TABLE counters ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
            "SELECT n FROM counters",
            "5",
            id="a constraint",
        ),
        pytest.param("ALTER TABLE counters VALIDATE CONSTRAINT c", "SELECT n FROM counters", "5", id="validate"),
        pytest.param("CREATE INDEX CONCURRENTLY i ON counters (n)", "SELECT n FROM counters", "5", id="an index"),
        pytest.param("SET LOCAL lock_timeout = '2s'", "SELECT n FROM counters", "5", id="a setting"),
        pytest.param("ALTER TABLE counters ALTER COLUMN n SET NOT NULL", "SELECT n FROM counters", "5", id="not null"),
    ],
)
def test_ddl_reaches_the_rows(ddl: str, query: str, expected: str | None) -> None:
    """What PostgreSQL accepted is done to every row, and constraints change none."""
    store = counters((1, 5, "x"))
    store.run(ddl, 0)
    assert told(store, query)[0][-1] == expected


def test_a_default_counts_from_when_it_is_set() -> None:
    """SET DEFAULT and DROP DEFAULT change later rows only."""
    store = counters((1, 5, "x"))
    store.run("ALTER TABLE counters ALTER COLUMN last SET DEFAULT 'new'", 0)
    store.run("INSERT INTO counters (id) VALUES (2)", 0)
    store.run("ALTER TABLE counters ALTER COLUMN last DROP DEFAULT", 0)
    store.run("INSERT INTO counters (id) VALUES (3)", 0)
    assert told(store, "SELECT last FROM counters ORDER BY id") == [["x"], ["new"], [None]]


def test_a_view_follows_what_it_reads_through_renames() -> None:
    """As in PostgreSQL, a view keeps to the table and not to its name; a simple one can be written through."""
    store = counters((1, 5, "x"))
    store.run("ALTER TABLE counters RENAME TO tallies", 0)
    store.run("CREATE VIEW counters AS SELECT id, n AS hits FROM tallies", 0)
    store.run("ALTER TABLE tallies RENAME COLUMN n TO total", 0)
    store.run("INSERT INTO counters (id, hits) VALUES (2, 9)", 0)
    store.run("UPDATE counters SET hits = hits + 1 WHERE id = 1", 0)
    assert told(store, "SELECT id, total, last FROM tallies ORDER BY id") == [["1", "6", "x"], ["2", "9", None]]
    store.run("ALTER TABLE tallies DROP COLUMN total CASCADE", 0)
    with pytest.raises(NotModelled, match="no table 'counters'"):
        store.count("SELECT 1 FROM counters", 0)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t BEFORE INSERT ON counters FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE p (a int) PARTITION BY RANGE (a)",
        "COPY counters TO '/tmp/out'",
        "ATTACH 'x.db'",
        "PRAGMA database_list",
        "UPDATE counters SET n = random()",
        "UPDATE counters SET (n, last) = (1, 'x')",
        "INSERT INTO counters (id) VALUES (1) ON CONFLICT DO NOTHING",
        "MERGE INTO counters USING counters c ON true WHEN MATCHED THEN DELETE",
        "UPDATE counters SET n = 1; DROP TABLE counters",
        "INSTALL httpfs",
        "SET memory_limit = '100GB'; SELECT 1",
    ],
)
def test_what_is_not_modelled_changes_nothing(statement: str) -> None:
    """A sentence, and the rows as they were."""
    store = counters((1, 5, "x"))
    before = store.digest("counters")
    with pytest.raises(NotModelled):
        store.run(statement, 0)
    assert store.digest("counters") == before


def test_a_delete_that_reaches_into_other_tables_is_refused() -> None:
    """ON DELETE CASCADE would take rows that nobody counts."""
    store = Store(CLOCK_ZERO_US)
    store.create({
        "a": "CREATE TABLE a (id int PRIMARY KEY)",
        "b": "CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a (id) ON DELETE CASCADE)",
    }, None)  # fmt: skip
    store.run("DELETE FROM b", 0)
    with pytest.raises(NotModelled, match="reaches into other tables"):
        store.run("DELETE FROM a", 0)


def test_the_digest_does_not_depend_on_the_order_of_rows() -> None:
    """The same rows by another road have the same fingerprint, other rows another."""
    one, other = counters((1, 5, "x"), (2, 6, None)), counters((2, 6, None), (1, 4, "x"))
    assert one.digest("counters") != other.digest("counters")
    other.run("UPDATE counters SET n = n + 1 WHERE id = 1", 0)
    assert one.digest("counters") == other.digest("counters")


def test_a_guard_over_rows_is_one_bit_for_each_request(store: Store) -> None:
    """Attributes, flags and rows in one condition; unknown is no."""
    asked = batch(who=column(1, 2, 3, 999, kind="bigint"), code=column("a", None, "a", "a"))
    guard = "code = 'a' AND flags.strict AND EXISTS (SELECT 1 FROM customers c WHERE c.id = who AND c.id <> 3)"
    assert store.bits(guard, asked, {"strict": True}) == b"\x01\x00\x00\x00"
    assert store.bits(guard, asked, {"strict": False}) == bytes(4)


def test_a_witness_is_a_whole_row_or_none(store: Store) -> None:
    """By a predicate, or by a query over the table."""
    names, rows = store.witness("orders", "amount > 0 AND status = 'pending'", 0, 1)
    assert names == ["id", "customer_id", "amount", "status", "created_at", "order_metadata"]
    assert rows[0][3] == "pending"
    assert store.witness("orders", "SELECT orders.* FROM orders WHERE id IS NULL LIMIT 1", 0, 1)[1] == []
