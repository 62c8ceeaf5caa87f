"""SQL texts on their way to a parser, and its complaints on their way back to the file."""

# ruff: noqa: E501 - a row of a table stays a row

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.load import find, load
from sim.scenario.sql import columns, flags_named, numbered, parameters
from sim.scenario.syntax import Syntax, check_sql, texts
from tests.scenario.drafts import draft, place_of


def _complain_about(word: str) -> Syntax:
    """A parser that knows one mistake; what it is handed is kept."""

    def syntax(text: str, expression: bool) -> tuple[str, int] | None:
        return (f'syntax error at or near "{word}"', text.index(word)) if word in text else None

    return syntax


def test_a_syntax_error_is_put_at_its_character(tmp_path: Path) -> None:
    """In a block of several lines, in a plain text and in quotes: PostgreSQL's message at the line of the YAML."""
    loaded = load(draft(
        tmp_path,
        ("INSERT INTO orders (id, customer_id, amount, status)\n", "INSERT INTO orders (id, customer_id, amount, status)\n              FORM x\n"),
        ("SELECT count(*) = 0 FROM orders WHERE", "SELECT count(*) = 0 FORM orders WHERE"),
        ('"SELECT id, name, email FROM', '"SELECT id, name, email FORM'),
    ))  # fmt: skip
    found = check_sql(loaded, _complain_about("FORM"))
    source = loaded.marks.source
    places = [source.split("\n")[p.where.line - 1][p.where.column - 1 :][:4] for p in found]
    assert places == ["FORM"] * 3
    assert [p.what for p in found] == ['PostgreSQL says: syntax error at or near "FORM"'] * 3
    assert f"{found[0].where.line}:{found[0].where.column}" == place_of("FORM orders", within=source)
    assert found[1].hint == "`services.shop.endpoints.POST /orders.steps.insert_order.sql` must be SQL for it"


def test_every_kind_of_text_is_asked_about() -> None:
    """DDL, migrations, facts, invariants, statements, guards, sets and derived values, each as what it is."""
    loaded = load(find("not-null-column"))
    asked: list[tuple[str, bool]] = []
    assert check_sql(loaded, lambda text, expression: asked.append((text, expression))) == []
    kinds = {
        (sql.path[-1] if sql.path[0] != "invariants" else "invariant"): sql.expression for sql in texts(loaded.scenario)
    }
    assert kinds == {
        "ddl": False, "shown": False, "up": False, "down": False, "facts": False, "invariant": False, "sql": False,
        "when": True, "metadata": True,
    }  # fmt: skip
    assert len(asked) == len(list(texts(loaded.scenario)))
    assert ("CASE WHEN channel = 'web' THEN campaign END", True) in asked
    assert not any("$customer_id" in text for text, _ in asked)


def test_names_are_found_outside_strings_and_comments_only() -> None:
    """A dollar in a text, a quoted body or a remark is no parameter."""
    text = """SELECT $id, '$no', $$ $no $$, $b$ $no $b$, "a$no", x -- $no
      /* $no */ FROM t WHERE flags.fast AND $other"""
    assert [name for name, _ in parameters(text)] == ["id", "other"]
    assert [text[at : at + 6] for name, at in parameters(text) if name == "other"] == ["$other"]
    assert [name for name, _ in flags_named(text)] == ["fast"]


@given(st.text("$abc'\"-/* \n_1", max_size=40))
def test_numbering_keeps_every_place(text: str) -> None:
    """Whatever the text, it keeps its length and everything that is no parameter."""
    assert len(numbered(text)) == len(text)
    assert parameters(numbered(text)) == []


def test_columns_are_read_from_ddl() -> None:
    """Constraints are no columns; a table that is made in another way has columns that are not known."""
    ddl = 'CREATE TABLE IF NOT EXISTS public.t (a int PRIMARY KEY, "B c" numeric(10,2) DEFAULT f(1,2), Cd text, UNIQUE (a, cd), CHECK (a > 0))'
    assert columns(ddl) == {"t": ("a", "B c", "cd")}
    assert columns("CREATE TABLE t (LIKE u)") == {"t": None}
    assert columns("CREATE TABLE t AS SELECT 1") == {"t": None}
    assert columns("CREATE UNLOGGED TABLE t (a int); CREATE TABLE u (b int); CREATE INDEX ON u (b)") == {
        "t": ("a",),
        "u": ("b",),
    }
    assert columns("CREATE TABLE t (a int); ALTER TABLE t ADD b int") == {"t": None}
    assert columns("CREATE TABLE") == {}
