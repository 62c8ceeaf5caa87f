"""Scripts: what is left when they end, and what the server shows of each statement."""

import pytest

from sim.errors import NotModelled
from sim.judge.book import Book
from sim.judge.judge import Judge
from sim.judge.server import Patience, Server
from sim.judge.values import Ran, Refusal, Script, SeedRows, script
from tests.judge.shop import INSERT, NOTHING, finds, one_by_one, orders, program, requests, shop, together

_TWICE = orders(("1", "1", "1", "x", "y"), ("2", "1", "1", "x", "y"))


@pytest.mark.parametrize(
    ("statement", "lock", "rewrites", "scans", "builds"),
    [
        ("ALTER TABLE orders ADD COLUMN n int", "AccessExclusiveLock", False, False, 0),
        ("ALTER TABLE orders ADD COLUMN n int NOT NULL DEFAULT 0", "AccessExclusiveLock", False, False, 0),
        ("ALTER TABLE orders ADD COLUMN n uuid DEFAULT gen_random_uuid()", "AccessExclusiveLock", True, True, 1),
        ("ALTER TABLE orders ALTER COLUMN code SET NOT NULL", "AccessExclusiveLock", False, True, 0),
        ("ALTER TABLE orders ALTER COLUMN customer_id TYPE numeric", "AccessExclusiveLock", True, True, 1),
        ("ALTER TABLE orders ALTER COLUMN code TYPE varchar", "AccessExclusiveLock", False, False, 0),
        ("ALTER TABLE orders ADD CHECK (amount > 0)", "AccessExclusiveLock", False, True, 0),
        ("ALTER TABLE orders ADD CHECK (amount > 0) NOT VALID", "AccessExclusiveLock", False, False, 0),
        ("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers NOT VALID", "ShareRowExclusiveLock",
         False, False, 0),
        ("CREATE INDEX fast ON orders (code)", "ShareLock", False, True, 1),
        ("CREATE INDEX CONCURRENTLY fast ON orders (code)", "ShareUpdateExclusiveLock", False, True, 1),
        ("UPDATE orders SET code = 'x'", "RowExclusiveLock", False, False, 0),
        ("SELECT * FROM orders", "AccessShareLock", False, False, 0),
        ("LOCK TABLE orders IN EXCLUSIVE MODE", "ExclusiveLock", False, False, 0),
        ("TRUNCATE orders", "AccessExclusiveLock", False, False, 0),
    ],
)  # fmt: skip
def test_the_server_shows_what_a_statement_costs(
    judge: Judge, statement: str, lock: str, rewrites: bool, scans: bool, builds: int
) -> None:
    """Lock mode, rewrite, scan and index builds are read from the server, not from a table of ours."""
    if statement.startswith("LOCK"):
        verdict = judge.run(shop(), together(statement)).statements[0]
    else:
        verdict = judge.run(shop(), one_by_one(statement)).statements[0]
    assert dict(verdict.locks)["orders"] == lock
    assert (verdict.rewrites, verdict.scans) == (("orders",) if rewrites else (), ("orders",) if scans else ())
    assert len(verdict.builds_index) == builds


def test_a_refused_statement_shows_what_it_took_before(judge: Judge) -> None:
    """A statement that fails on the rows has locked and read the table all the same."""
    nulls = finds(orders=orders(("1", "1", "1", "x", None)))
    verdict = judge.run(shop(), one_by_one("ALTER TABLE orders ALTER code SET NOT NULL"), nulls).statements[0]
    assert (verdict.sqlstate, verdict.locks, verdict.scans) == (
        "23502",
        (("orders", "AccessExclusiveLock"),),
        ("orders",),
    )


def test_locks_last_as_long_as_the_transaction(judge: Judge) -> None:
    """A later statement of a transaction still holds what an earlier one took."""
    ran = judge.run(shop(), together("ALTER TABLE orders ADD n int", "UPDATE customers SET email = 'x'"))
    assert dict(ran.statements[1].locks) == {"orders": "AccessExclusiveLock", "customers": "RowExclusiveLock"}


_HALF = (
    "ALTER TABLE orders ADD COLUMN n int",
    "ALTER TABLE orders ALTER COLUMN code SET NOT NULL",
    "DROP TABLE orders",
)


def test_a_script_stops_at_the_first_refusal(judge: Judge) -> None:
    """One by one, what came before stays; in a transaction nothing does."""
    nulls = finds(orders=orders(("1", "1", "1", "x", None)))
    partial = judge.run(shop(), one_by_one(*_HALF), nulls)
    assert [one.sqlstate for one in partial.statements] == [None, "23502"]
    assert [applied.statements for applied in partial.after.applied] == [_HALF[:1]]
    assert judge.run(partial.after, one_by_one(*_HALF)).statements[0].sqlstate == "42701"
    whole = judge.run(shop(), together(*_HALF), nulls)
    assert ([one.sqlstate for one in whole.statements], whole.after.applied) == ([None, "23502"], ())


def test_begin_and_commit_group_a_part_of_a_script(judge: Judge) -> None:
    """The part between them is all or nothing; what ran before it stays."""
    nulls = finds(orders=orders(("1", "1", "1", "x", None)))
    text = f"ALTER TABLE orders ADD COLUMN early int; BEGIN; {'; '.join(_HALF)}; COMMIT"
    verdict = judge.run(shop(), script(text, transaction=False), nulls)
    assert [applied.statements for applied in verdict.after.applied] == [("ALTER TABLE orders ADD COLUMN early int",)]
    with pytest.raises(NotModelled, match="SAVEPOINT"):
        judge.run(shop(), together("SAVEPOINT here"))


def test_a_deferred_constraint_can_refuse_the_commit(judge: Judge) -> None:
    """COMMIT is a statement too: it can fail, and then nothing has happened."""
    deferred = shop(NOTHING, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers INITIALLY DEFERRED")
    orphan = "INSERT INTO orders (id, customer_id) VALUES (1, 777)"
    whole = judge.run(deferred, together(orphan, "SELECT 1"))
    assert [(one.statement, one.sqlstate) for one in whole.statements][-1] == ("COMMIT", "23503")
    assert whole.after == deferred
    assert judge.run(deferred, one_by_one(orphan)).statements[-1].sqlstate == "23503"


def test_what_a_transaction_forbids_is_refused_in_one(judge: Judge) -> None:
    """CONCURRENTLY, pending trigger events and a fresh enum value behave as they do in production."""
    assert judge.run(shop(), together("CREATE INDEX CONCURRENTLY ON orders (id)")).statements[-1].sqlstate == "25001"
    kinds = shop(NOTHING, "CREATE TYPE kind AS ENUM ('web')", "ALTER TABLE orders ADD COLUMN kind kind")
    fresh = ("ALTER TYPE kind ADD VALUE 'app'", "UPDATE orders SET kind = 'app'")
    assert judge.run(kinds, together(*fresh)).statements[-1].sqlstate == "55P04"
    assert judge.run(kinds, one_by_one(*fresh)).refused is None


def test_a_failed_build_leaves_an_invalid_index(judge: Judge) -> None:
    """It is there by name, it enforces nothing, a second try meets it, and it can be dropped."""
    build = "CREATE UNIQUE INDEX CONCURRENTLY one ON orders (code)"
    failed = judge.run(shop(), one_by_one(build), finds(orders=_TWICE))
    assert failed.statements[-1].sqlstate == "23505"
    (table,) = (shape for shape in judge.shapes(failed.after) if shape.name == "orders")
    assert [(name, valid) for name, _, valid in table.indexes] == [("one", False), ("orders_pkey", True)]
    duplicate = program(INSERT.__class__("insert", sql="INSERT INTO orders (id, code) VALUES ($id, 'C1')"))
    assert judge.try_out(failed.after, duplicate, requests(10)).codes == ()
    assert judge.run(failed.after, one_by_one(build)).statements[-1].sqlstate == "42P07"
    assert judge.run(failed.after, one_by_one("DROP INDEX one", build)).refused is None


def test_a_statement_sees_what_its_script_did_before(judge: Judge) -> None:
    """The tables are asked about the state that the script has made so far."""
    asked: list[tuple[tuple[str, ...], str]] = []
    statements = ("ALTER TABLE orders ADD n int", "UPDATE orders SET n = 1", "ALTER TABLE orders ALTER n SET NOT NULL")

    def find(ran: tuple[str, ...], check: object) -> SeedRows | None:
        asked.append((ran, str(getattr(check, "where", ""))))
        return None

    for grouped in (True, False):
        assert judge.run(shop(), Script(statements, grouped), find).refused is None
    assert asked == [(statements[:2], '"n" IS NULL')] * 2


def test_a_lineage_can_be_made_again(server: Server) -> None:
    """The same history gives the same schema, on a server that has never seen it."""
    steps = ("ALTER TABLE orders ADD n int DEFAULT 3", "CREATE INDEX CONCURRENTLY i ON orders (n)", "VACUUM orders")
    first, second = Judge(Book(), server), Judge(Book(), server)
    after = first.run(shop(), one_by_one(*steps)).after
    after = first.run(after, together("ALTER TABLE orders ALTER n SET NOT NULL", "DROP TABLE customers")).after
    assert first.shapes(after) == second.shapes(after)
    first.close()
    second.close()


def test_the_schema_can_be_looked_at(judge: Judge) -> None:
    """Columns, constraints and indexes as the catalog has them, defaults included."""
    both = together(
        "ALTER TABLE orders ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'",
        "CREATE VIEW dear AS SELECT id FROM orders WHERE amount > 100",
    )
    shapes = {shape.name: shape for shape in judge.shapes(judge.run(shop(), both).after)}
    assert list(shapes) == ["customers", "dear", "orders"]
    column = shapes["orders"].columns[-1]
    assert (column.name, column.type, column.nullable, column.default) == ("metadata", "jsonb", False, "'{}'::jsonb")
    assert (shapes["dear"].kind, shapes["orders"].constraints) == ("view", (("orders_pkey", "PRIMARY KEY (id)", True),))


def test_an_outcome_is_about_exactly_these_rows(judge: Judge) -> None:
    """A statement's effect on given rows: whatever else the lineage holds, and whatever they point at."""
    bound = shop(NOTHING, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers")
    rows = orders(("7", "777", "10.00", "x", None), ("8", "1", "0.01", "y", None))
    after = judge.outcome(bound, "UPDATE orders SET amount = amount / 3, code = format('%s', id)", {"orders": rows})
    assert after == {"orders": orders(("7", "777", "3.33", "x", "7"), ("8", "1", "0.00", "y", "8"))}
    refused = judge.outcome(bound, "UPDATE orders SET amount = 1 / 0", {"orders": rows})
    assert isinstance(refused, Refusal)
    assert refused.sqlstate == "22012"


@pytest.mark.parametrize(
    ("sql", "expression", "at"),
    [
        ("SELECT 1 FROM orders", False, None),
        ("CREATE TABLE t (a int); ALTER TABLE t ADD b nonsense", False, None),
        ("DROP DATABASE postgres", False, None),
        ("SELECT FORM orders WHERE", False, 24),
        ("ALTER TABEL orders", False, 6),
        ("channel = 'app' AND NOT flags.x", True, None),
        ("channel == = 'app'", True, 11),
        ("", True, 0),
        ("", False, None),
    ],
)
def test_syntax_is_checked_without_running_anything(judge: Judge, sql: str, expression: bool, at: int | None) -> None:
    """PostgreSQL's own parser complains, and says where."""
    complaint = judge.syntax(sql, expression=expression)
    assert (None if complaint is None else complaint[1]) == at


def test_a_statement_that_never_ends_is_cancelled(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is ours, not the session's, and the answer is not remembered: the next machine may be faster."""
    monkeypatch.setattr(server, "patience", Patience(statement_s=0.3, grace_s=0.3))
    judge = Judge(Book(), server)
    slow = one_by_one("SET statement_timeout = 0", "SELECT pg_sleep(60)")
    verdict = judge.run(shop(), slow)
    assert verdict.statements[-1].sqlstate == "57014"
    assert not [entry for entry in judge.book.asked.values() if entry["answer"] and "57014" in str(entry["answer"])]
    judge.close()


def test_accepted_statements_are_the_history(judge: Judge) -> None:
    """The lineage after a script names each statement with what its checks had found."""
    after = judge.run(shop(), one_by_one("ALTER TABLE orders ALTER code SET NOT NULL")).after
    (check,) = judge.checks(shop(), "ALTER TABLE orders ALTER code SET NOT NULL")
    assert after.applied[-1].ran == (Ran("ALTER TABLE orders ALTER code SET NOT NULL", ((check, False),)),)
