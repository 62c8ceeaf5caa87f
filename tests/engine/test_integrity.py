"""What the real rows say of an operator's data statement: PostgreSQL is shown the few that matter."""

from collections.abc import Callable, Iterator

import pytest

from sim.engine.integrity import amended, integrity
from sim.errors import NotModelled, ServerNeeded
from sim.judge.book import Book
from sim.judge.judge import Judge
from sim.judge.values import Base, Lineage, Ran, Script, SeedRows
from sim.scenario.model import Table
from sim.tables.fill import Fills
from sim.tables.filled import Filled
from sim.tables.tables import Tables
from tests.tables.shop import batch, column

CUSTOMERS = """CREATE TABLE customers (
    id bigint PRIMARY KEY, email text NOT NULL, guide_id bigint REFERENCES customers (id));
    CREATE UNIQUE INDEX one_account ON customers (lower(email))"""
ORDERS = """CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id), status text NOT NULL,
    amount numeric(10,2) NOT NULL CHECK (amount > 0),
    CONSTRAINT known_status CHECK (status IN ('open', 'paid')))"""
REFUNDS = """CREATE TABLE refunds (
    id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id),
    pays bigint UNIQUE)"""
NOTES = "CREATE TABLE notes (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id), words text)"


def fills() -> Fills:
    """Three hundred customers with a thousand orders; every tenth of the first was refunded; no notes."""

    def table(ddl: str, rows: int, **fill: object) -> Table:
        return Table.model_validate({"ddl": ddl, "rows": rows, "fill": fill})

    return Fills(
        {
            "customers": table(CUSTOMERS, 300, email={"sql": "'u' || id || '@example.com'"}),
            "orders": table(
                ORDERS, 1000, customer_id={"sql": "1 + id % 200"}, status={"sql": "'open'"}, amount={"sql": "id * 1.5"}
            ),
            "refunds": table(REFUNDS, 100, order_id={"sql": "id * 10"}, pays={"sql": "id"}),
            "notes": table(NOTES, 0),
        }
    )


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    made = Judge(Book())
    try:
        made.server.start()
    except ServerNeeded as missing:
        pytest.skip(str(missing))
    yield made
    made.close()
    made.server.stop()


@pytest.fixture
def tables() -> Iterator[Tables]:
    with Tables(Filled(fills(), "2026-03-13 14:00")) as made:
        yield made


def lineage(*later: str) -> Lineage:
    """The schema, with four customers and four orders for seed rows."""
    customers = SeedRows(("id", "email"), tuple((str(n), f"u{n}@example.com") for n in range(1, 5)))
    orders = SeedRows(
        ("id", "customer_id", "status", "amount"), tuple((str(n), str(n), "open", "1.5") for n in range(1, 5))
    )
    made = Lineage(
        Base(
            tuple(one for ddl in (CUSTOMERS, ORDERS, REFUNDS, NOTES) for one in ddl.split(";")),
            {"customers": customers, "orders": orders},
        )
    )
    for statement in later:
        made = made.then(Ran(statement))
    return made


SHOP = "INSERT INTO orders (id, customer_id, status, amount) VALUES ($id, $customer, 'open', 9)"
SIGN_UP = "INSERT INTO customers (id, email) VALUES ($id, $email)"
NEW = batch(
    id=column(301, 1001, kind="bigint"),
    customer=column(1, 301, kind="bigint"),
    email=column("new@example.com", "b@c.de"),
)
Says = Callable[..., str | None]


@pytest.fixture
def says(judge: Judge, tables: Tables) -> Says:
    """The SQLSTATE for a statement on the real rows; `before` is what operators did first, in an altered schema."""

    def ask(statement: str, *before: str, schema: tuple[str, ...] = ()) -> str | None:
        for one in (*schema, *before):
            tables.run(one, 0)
        refusal = integrity(judge, tables, lineage(*schema), statement, 0)
        return refusal.sqlstate if refusal else None

    return ask


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("DELETE FROM orders", "23503"),
        ("DELETE FROM orders WHERE id % 10 <> 0", None),
        ("DELETE FROM orders AS o USING refunds r WHERE r.order_id = o.id AND r.id = 7", "23503"),
        ("DELETE FROM orders AS o USING customers c WHERE o.customer_id = c.id AND o.id = 7", None),
        ("DELETE FROM customers WHERE id = 5", "23503"),
        ("DELETE FROM customers WHERE id > 201", None),
        ("DELETE FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)", None),
        ("DELETE FROM refunds", None),
        ("UPDATE customers SET id = id + 1000000 WHERE id = 5", "23503"),
        ("UPDATE customers SET id = id + 1000000 WHERE id > 201", None),
        ("UPDATE orders SET customer_id = 300", None),
        ("UPDATE orders SET customer_id = 301 WHERE id = 900", "23503"),
        ("UPDATE orders SET customer_id = NULL WHERE id = 900", "23502"),
        ("UPDATE orders SET status = 'lost'", "23514"),
        ("UPDATE orders SET status = 'paid'", None),
        ("UPDATE orders SET amount = amount - 700 WHERE id > 400", "23514"),
        ("UPDATE orders SET amount = amount - 700 WHERE id > 500", None),
        ("UPDATE refunds SET pays = 5", "23505"),
        ("UPDATE refunds SET pays = 5 WHERE id = 6", "23505"),
        ("UPDATE refunds SET pays = 5 WHERE id = 5", None),
        ("UPDATE refunds SET pays = NULL", None),
        ("UPDATE customers SET email = 'U7@Example.com' WHERE id = 200", "23505"),
        ("INSERT INTO notes VALUES (1, 999, 'x')", "23503"),
        ("INSERT INTO notes VALUES (1, 299, 'x'), (2, NULL, NULL)", None),
        ("INSERT INTO notes VALUES (1, 299, 'x'), (1, 2, 'y')", "23505"),
        ("INSERT INTO notes (id, customer_id) SELECT id, customer_id + 100 FROM orders", None),
        ("INSERT INTO notes (id, customer_id) SELECT id, customer_id + 150 FROM orders", "23503"),
        ("INSERT INTO notes (id) SELECT customer_id FROM orders", "23505"),
        ("INSERT INTO orders VALUES (1001, 1, 'lost', 1)", "23514"),
        ("INSERT INTO orders VALUES (1000, 1, 'open', 1)", "23505"),
        ("INSERT INTO orders VALUES (1000, 1, 'open', 1) ON CONFLICT (id) DO NOTHING", None),
        ("INSERT INTO orders VALUES (1000, 1, 'open', 1) ON CONFLICT (id) DO UPDATE SET amount = -1", "23514"),
        ("INSERT INTO customers VALUES (301, 'U7@example.com', NULL)", "23505"),
        ("INSERT INTO customers VALUES (301, 'a@b.de', 301)", None),
        ("INSERT INTO customers VALUES (301, 'a@b.de', 302), (302, 'c@d.de', 301)", None),
        ("INSERT INTO customers VALUES (301, 'a@b.de', 303), (302, 'c@d.de', 301)", "23503"),
    ],
)  # fmt: skip
def test_the_real_rows_decide(says: Says, statement: str, sqlstate: str | None) -> None:
    """Hardly one of them is a seed row."""
    assert says(statement) == sqlstate


def test_parents_may_move_once_their_children_are_gone(says: Says) -> None:
    """And not before."""
    move = "UPDATE orders SET id = id + 1000000"
    assert says(move) == "23503"
    assert says(move, "DELETE FROM refunds") is None
    assert says("DELETE FROM orders") is None


def test_a_child_of_a_deleted_parent_is_refused(says: Says) -> None:
    """The seed rows still hold customer 4, whose orders go first."""
    insert = "INSERT INTO notes VALUES (1, 4, 'x')"
    assert says(insert) is None
    gone = ("DELETE FROM refunds", "DELETE FROM orders WHERE customer_id = 4", "DELETE FROM customers WHERE id = 4")
    assert says(insert, *gone) == "23503"


def test_what_users_wrote_counts(says: Says, tables: Tables) -> None:
    """Their keys are taken, and can be pointed at."""
    assert says("INSERT INTO notes VALUES (1, 301, 'x')") == "23503"
    tables.append([SIGN_UP], NEW)
    tables.append([SHOP], NEW)
    assert says("INSERT INTO notes VALUES (1, 301, 'x')") is None
    assert says("INSERT INTO customers VALUES (301, 'x@y.de')") == "23505"
    assert says("INSERT INTO customers VALUES (302, 'NEW@example.com')") == "23505"
    assert says("DELETE FROM customers WHERE id = 301") == "23503"


def test_rows_that_go_together_may_point_at_each_other(says: Says) -> None:
    """A customer and their guide: both, or the guided one."""
    guided = "UPDATE customers SET guide_id = 250 WHERE id = 251"
    assert says("DELETE FROM customers WHERE id = 250", guided) == "23503"
    assert says("DELETE FROM customers WHERE id IN (250, 251)") is None
    assert says("UPDATE customers SET id = 1250 WHERE id = 250") == "23503"


def test_a_check_that_is_not_valid_yet_binds_what_is_written(says: Says) -> None:
    """Old rows may break it until somebody touches them."""
    late = ("ALTER TABLE orders ADD CONSTRAINT dear CHECK (amount > 10) NOT VALID",)
    assert says("UPDATE orders SET status = 'paid' WHERE id < 7", schema=late) == "23514"
    assert says("UPDATE orders SET amount = 11 WHERE id < 7") is None
    assert says("UPDATE orders SET status = 'paid' WHERE id > 7") is None


def test_what_depends_on_the_order_of_rows_is_not_modelled(says: Says) -> None:
    """Keys that rows hand on to each other."""
    with pytest.raises(NotModelled, match="hand on their unique keys"):
        says("UPDATE refunds SET pays = pays + 1")


def test_rows_that_would_follow_are_not_modelled(judge: Judge, tables: Tables) -> None:
    """ON UPDATE CASCADE reaches into another table."""
    schema = (
        "ALTER TABLE refunds DROP CONSTRAINT refunds_order_id_fkey",
        "ALTER TABLE refunds ADD FOREIGN KEY (order_id) REFERENCES orders ON UPDATE CASCADE",
    )
    for one in schema:
        tables.run(one, 0)
    move = "UPDATE orders SET id = id + 1000000 WHERE id = {}"
    assert integrity(judge, tables, lineage(*schema), move.format(11), 0) is None
    with pytest.raises(NotModelled, match="rows of refunds would follow"):
        integrity(judge, tables, lineage(*schema), move.format(10), 0)


@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize(
    ("statement", "seeds_say", "rows_say"),
    [
        ("DELETE FROM orders", None, "23503"),
        ("INSERT INTO notes VALUES (1, 299, 'x')", "23503", None),
        ("INSERT INTO customers VALUES (4, 'x@y.de')", "23505", None),
        ("INSERT INTO notes VALUES (1, 4, 'x')", None, "23503"),
        ("INSERT INTO notes VALUES ('one', 4, 'x')", "22P02", "22P02"),
        ("UPDATE orders SET status = 'paid'", None, None),
    ],
)
def test_a_verdict_on_seed_rows_is_amended(
    judge: Judge, tables: Tables, statement: str, seeds_say: str | None, rows_say: str | None, deferred: bool
) -> None:
    """Either way, and only where a constraint is what it turns on; the lineage does not grow by it."""
    for one in ("UPDATE orders SET customer_id = 5 WHERE customer_id = 4", "DELETE FROM customers WHERE id = 4"):
        tables.run(one, 0)
    later = ("ALTER TABLE notes ALTER CONSTRAINT notes_customer_id_fkey DEFERRABLE INITIALLY DEFERRED",)
    here = lineage(*later) if deferred else lineage()
    verdict = judge.run(here, Script((statement,), transaction=True))
    assert (verdict.refused.sqlstate if verdict.refused else None) == seeds_say
    told = amended(judge, tables, here, verdict, 0)
    assert (told.refused.sqlstate if told.refused else None) == rows_say
    assert [one.statement for one in told.statements] == [statement]
    if seeds_say != rows_say:
        assert told.after is here
