"""Questions and their keys."""

import subprocess
import sys

from sim.judge.values import Base, Line, Lineage, Program, Ran, RowCheck, SeedRows, fingerprint
from tests.judge.shop import INSERT, orders, program, shop

_CHECK = RowCheck("orders", "code IS NULL", "not null")


def test_reading_the_values_needs_no_postgresql() -> None:
    """The values can be imported where psycopg is not wanted."""
    code = "import sys, sim.judge.values, sim.judge.judge; print('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_lineage_is_its_history() -> None:
    """Layout makes no other lineage; another statement, another grouping and another finding do."""
    here = shop()
    keys = [
        here.then(Ran("ALTER TABLE orders ADD a int")).key,
        here.then(Ran("ALTER TABLE orders ADD b int")).key,
        here.then(Ran("ALTER TABLE orders ADD a int"), Ran("ALTER TABLE orders ADD b int")).key,
        here.then(Ran("ALTER TABLE orders ADD a int")).then(Ran("ALTER TABLE orders ADD b int")).key,
        here.then(Ran("ALTER TABLE orders ADD a int", ((_CHECK, True),))).key,
        here.then(Ran("ALTER TABLE orders ADD a int", ((_CHECK, False),))).key,
        here.then(Ran("ALTER TABLE orders ADD a int"), invalid=True).key,
        here.key,
    ]
    assert len(set(keys)) == len(keys)
    assert here.then(Ran("ALTER  TABLE orders\n ADD a int; -- now")).key == keys[0]


def test_the_base_is_its_ddl_and_its_seed_rows() -> None:
    """Two bases are one exactly when their tables and rows are."""
    assert shop().key == shop().key
    assert shop().key != shop(orders()).key
    assert Lineage(Base(("SELECT 1",), {})).key != Lineage(Base(("SELECT 1",), {"t": SeedRows(("a",), ())})).key


def test_a_program_is_known_by_what_postgresql_sees_of_it() -> None:
    """The name of an exception and a flag that nobody reads make no other question."""
    guard = Line("check", guard="channel = 'app'", raises="IllegalStateException")
    other = Line("check", guard="channel  = 'app'", raises="NullPointerException")
    assert program(guard, INSERT, a=True).text == program(other, INSERT, a=False).text
    reads = Line("check", guard="flags.a AND channel = 'app'", raises="X")
    assert program(reads, a=True).text != program(reads, a=False).text


def test_a_program_names_what_it_depends_on() -> None:
    """Parameters, guards and values are dependencies; a guard over rows belongs to the tables."""
    over_rows = Line("late", guard="EXISTS (SELECT FROM users WHERE owner = 1)", raises="X", over_rows=True)
    whole = Program((Line("set", sets=(("total", "amount * 2"),)), INSERT, over_rows), {}, (("size", '"Weight" + 1'),))
    mentioned = [name for name in ("amount", "id", "customer_id", "Weight", "owner", "channel") if whole.mentions(name)]
    assert mentioned == ["amount", "id", "customer_id", "Weight"]


def test_a_fingerprint_is_the_same_everywhere() -> None:
    """A key that moved would empty every verdict book."""
    assert fingerprint("trial", 1, ["a", None, True]) == "e23e182e091d7f3c50816d6d84f699"
