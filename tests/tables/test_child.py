"""The child process: nothing that is asked of it, and nothing that happens to it, hurts the run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from sim.errors import NotModelled
from sim.tables.child import Child, ChildLostError
from sim.tables.filled import Filled
from sim.tables.seeds import Seed
from sim.tables.tables import Harm, Shown, Tables
from sim.tables.wire import Message
from tests.tables.shop import FACTS, INSERT, orders, shop

HONEST = "SELECT count(*) FROM orders"
ADD = "ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}'"
ATTACKS = (
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')", "SELECT * FROM 'https://example.com/x.parquet'", "COPY orders TO '/tmp/stolen.csv'",
    "EXPORT DATABASE '/tmp/stolen'", "ATTACH '/tmp/x.db'", "ATTACH ':memory:'", "INSTALL httpfs", "LOAD httpfs",
    "SET memory_limit = '100GB'", "SET lock_configuration = false", "RESET threads", "PRAGMA enable_profiling",
    "SET search_path = 'temp'", "USE temp", "SELECT * FROM duckdb_settings()", "SELECT getenv('HOME')",
    "CREATE MACRO lower(x) AS 'x'", "CREATE PERSISTENT SECRET s (TYPE s3)", "SELECT 1; DROP TABLE orders",
    "DROP TABLE orders", "DELETE FROM orders", "WITH x AS (DELETE FROM orders RETURNING id) SELECT * FROM x",
    "SELECT repeat('x', 4000000000)", "SELECT lpad('x', 2000000000, 'y')", "SELECT format('{:>2000000000}', 'x')",
    "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x) SELECT * FROM x", "SELECT pg_sleep(60)",
    "SELECT " + "(" * 1500 + "1" + ")" * 1500, "SELECT " + "(" * 60_000 + "1" + ")" * 60_000,
    "SELECT " + "NOT " * 900 + "true", "SELECT * FROM range(10000000000)",
    "SELECT * FROM generate_series(1, 1000000000)",
    "SELECT sum(a.id * b.id * c.id) FROM orders a, orders b, orders c WHERE a.id + b.id > c.id",
    "SELECT 1 FROM orders \x00", "EXPLAIN ANALYZE SELECT 1", 'SELECT * FROM "touched t1"', "SELECT * FROM t2",
    'SELECT * FROM "facts lost"', "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_class",
    "VALUES (1)", "", ";", "SELECT", "'", "SELECT '\ud800'",
)  # fmt: skip
DOUBLING = "WITH a AS (SELECT 'xxxxxxxxxxxxxxxx' AS s)" + "".join(
    f", {chr(98 + step)} AS (SELECT s || s || s || s || s || s || s || s AS s FROM {chr(97 + step)})"
    for step in range(10)
)


def test_no_attack_hurts_the_run(tables: Tables) -> None:
    """After each the next honest question has the right answer, from the same child."""
    assert tables.rows(HONEST, 0).rows == (("2000",),)
    child = tables.child_pid
    for attack in (*ATTACKS, DOUBLING + " SELECT s FROM k"):
        try:
            found = tables.rows(attack, 0, seconds=1.0)
        except NotModelled:
            found = None
        assert found is None or attack == "VALUES (1)", attack
        assert tables.rows(HONEST, 0).rows == (("2000",),), attack
        assert tables.child_pid == child, attack


def test_an_answer_is_cut_to_a_size_that_can_be_read(tables: Tables) -> None:
    """200 rows, and it says that there are more; a long text loses its end."""
    found = tables.rows("SELECT id FROM orders ORDER BY id", 0)
    assert (len(found.rows), found.more, found.columns) == (200, True, ("id",))
    assert not tables.rows("SELECT id FROM orders ORDER BY id LIMIT 200", 0).more
    assert len(tables.rows(DOUBLING + " SELECT s FROM d", 0).rows[0][0] or "") == 1000


def test_a_statement_of_an_operator_that_takes_all_memory_ends_itself_alone(tables: Tables) -> None:
    """Half of it may have been done, so the tables are built anew, with everything before it."""
    tables.run(ADD, 0)
    tables.append([INSERT], orders(2001, '{"utm": "a"}'))
    before = tables.digest("orders")
    with pytest.raises(NotModelled):
        tables.run(
            f"UPDATE orders SET order_metadata = NULL, status = (SELECT s FROM ({DOUBLING} SELECT s FROM k) AS q)", 0
        )
    assert tables.digest("orders") == before


def test_a_change_that_takes_too_long_is_given_up() -> None:
    """The child is killed, and the next one knows nothing of it."""
    with Tables(Filled(shop(), "2026-03-13 14:00", FACTS), patience_s=2.0) as hurried:
        before = hurried.digest("orders")
        with pytest.raises(NotModelled, match="took too long"):
            hurried.run(
                "UPDATE orders SET amount = (SELECT max(a.amount * b.amount) FROM orders a, orders b, orders c "
                "WHERE a.id + b.id > c.id + orders.id)", 0,
            )  # fmt: skip
        assert hurried.digest("orders") == before


def test_a_killed_child_is_replaced_by_one_that_did_the_same(tables: Tables) -> None:
    """Rows, losses and all."""
    tables.run(ADD, 0)
    tables.append([INSERT], orders(2001, '{"utm": "a"}', '{"utm": "b"}'))
    tables.run("UPDATE orders SET order_metadata = '{}' WHERE id = 2001", 60_000)
    before = (tables.digest("orders"), tables.harm({}, 0))
    assert before[1] == Harm(1, 1)
    os.kill(tables.child_pid or 0, signal.SIGKILL)
    assert (tables.digest("orders"), tables.harm({}, 0)) == before


def test_runs_share_what_was_filled_and_nothing_else() -> None:
    """Each works on a copy of its own, and the next one finds the tables as they were at clock zero."""
    filled = Filled(shop(), "2026-03-13 14:00", FACTS)
    with Tables(filled) as one, Tables(filled) as other:
        before = other.digest("orders")
        one.run("DELETE FROM orders WHERE id < 100", 0)
        assert one.digest("orders") != before == other.digest("orders")
        assert one.child_pid != other.child_pid
    with Tables(filled) as later:
        assert later.digest("orders") == before
    filled.close()


def test_when_what_was_filled_is_lost_every_run_goes_on() -> None:
    """Its forks die with it; they are replaced by forks of another, in the state they were in."""
    filled = Filled(shop(), "2026-03-13 14:00", FACTS)
    with Tables(filled) as tables:
        tables.run("DELETE FROM orders WHERE id < 100", 0)
        before = tables.digest("orders")
        filled.close()
        assert tables.digest("orders") == before
    filled.close()


@pytest.mark.parametrize(
    "says",
    [
        pytest.param("b'\\xff\\xff\\xff\\xff'", id="an endless answer"),
        pytest.param("b'\\x00\\x00\\x00\\x02[]'", id="no object"),
        pytest.param("b'\\x00\\x00\\x00\\x04nope'", id="no JSON"),
        pytest.param("b'\\x00\\x03\\x0d\\x40' + b'[' * 200_000", id="JSON without a bottom"),
        pytest.param("b'\\x00\\x00'", id="half a length"),
        pytest.param("b''", id="nothing"),
    ],
)
def test_whatever_a_child_says_the_parent_lives(says: str) -> None:
    """A child is untrusted: its answer is read as data, within limits."""
    child = Child([sys.executable, "-c", f"import os; os.write(1, {says}); os.close(1)"])
    with pytest.raises(ChildLostError):
        child.ask(Message({"ask": "rows"}), 5.0)
    child.close()


def test_a_child_that_cannot_start_is_a_clear_error() -> None:
    """A machine may be out of processes."""
    with pytest.raises(ChildLostError, match="does not run"):
        Child(["/nowhere/python"]).ask(Message({"ask": "rows"}), 5.0)


def test_a_child_dies_with_its_parent() -> None:
    """A parent that is killed leaves nothing behind."""
    program = (
        "from tests.tables.shop import shop\nfrom sim.tables.filled import Filled\n"
        "from sim.tables.tables import Tables\nimport time\n"
        "t = Tables(Filled(shop(), '2026-03-13 14:00'))\nt.build()\nprint(t.child_pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline, state = time.monotonic() + 10, Path(f"/proc/{child}/stat")
    while state.exists() and state.read_text(encoding="ascii").split()[2] != "Z" and time.monotonic() < deadline:
        os.sched_yield()
    assert time.monotonic() < deadline


def test_a_run_that_asks_nothing_starts_no_child() -> None:
    """Nothing can be lost where nothing was changed."""
    quiet = Tables(Filled(shop(), "2026-03-13 14:00", FACTS))
    assert (quiet.harm({}, 0), quiet.started) == (Harm(), False)


def test_a_statement_on_which_postgresql_disagrees_is_not_modelled(tables: Tables) -> None:
    """It is tried on a few rows in both first, and then nothing is changed."""
    before, asked = tables.digest("orders"), []

    def disagrees(statement: str, rows: Mapping[str, Seed]) -> Mapping[str, Seed]:
        asked.append((statement, rows))
        return rows

    with pytest.raises(NotModelled, match="disagree"):
        tables.run("UPDATE orders SET amount = amount * 2 WHERE status = 'paid' AND amount > 100", 0, check=disagrees)
    assert tables.digest("orders") == before
    amounts = [float(row[2] or 0) for row in asked[0][1]["orders"].values]
    states = {row[3] for row in asked[0][1]["orders"].values}
    assert min(amounts) < 100 < max(amounts)
    assert states == {"paid", "pending"}
    assert len(amounts) <= 40


def test_a_statement_on_which_postgresql_agrees_is_carried_out(tables: Tables) -> None:
    """Values count, not how they are written."""

    def agrees(statement: str, rows: Mapping[str, Seed]) -> Mapping[str, Seed]:
        assert statement.startswith(
            "UPDATE orders SET created_at = CAST('2026-03-13 14:01:00.000000+00' AS TIMESTAMPTZ)"
        )
        seed = rows["orders"]
        place = seed.columns.index("created_at")
        after = [(*row[:place], "2026-03-13 14:01:00+00", *row[place + 1 :]) for row in seed.values]
        return {"orders": Seed(seed.columns, tuple(after))}

    assert tables.run("UPDATE orders SET created_at = now()", 60_000, check=agrees) == 2000


def test_a_question_may_read_what_is_shown_to_it(tables: Tables) -> None:
    """The engine knows the schema; the question joins it like a table."""
    shown = Shown({"table_name": "text", "column_name": "text", "is_nullable": "text"}, (("orders", "id", "NO"),))
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'"
    assert tables.rows(sql, 0, shown={"information_schema.columns": shown}).rows == (("id",),)
    with pytest.raises(NotModelled, match="no table"):
        tables.rows(sql, 0)
