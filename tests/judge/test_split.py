"""SQL text without a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.judge.split import canonical, parameters, segments, split, words

_PIECES = st.sampled_from(
    ["SELECT 1", " ", "\n", ";", "-- a; b\n", "/* x; /* y; */ */", "';'", "'it''s;'", '"a;b"', "$$;$$", "$q$ $$; $q$",
     "E'\\';'", "(", ")", "$name", "BEGIN", "é", "1.5", "::"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        pytest.param("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"], id="semicolons end statements"),
        pytest.param("SELECT ';' ; SELECT E'\\';'", ["SELECT ';'", "SELECT E'\\';'"], id="not in strings"),
        pytest.param('SELECT ";"', ['SELECT ";"'], id="not in quoted names"),
        pytest.param("DO $a$ x; $b$; $a$; SELECT 1", ["DO $a$ x; $b$; $a$", "SELECT 1"], id="not in dollar quotes"),
        pytest.param("-- a; b\nSELECT 1 /* ; /* ; */ ; */", ["SELECT 1"], id="not in comments"),
        pytest.param("CREATE RULE r AS ON INSERT TO t DO (a; b); c", ["CREATE RULE r AS ON INSERT TO t DO (a; b)", "c"],
                     id="not in parentheses"),
        pytest.param("CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN x THEN 1 END; SELECT 2; END; SELECT 3",
                     ["CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN x THEN 1 END; SELECT 2; END", "SELECT 3"],
                     id="not in a function's body"),
        pytest.param(" ;; \n", [], id="nothing is no statement"),
        pytest.param("SELECT 'open", ["SELECT 'open"], id="what is left open reaches to the end"),
    ],
)  # fmt: skip
def test_a_script_is_cut_where_postgresql_cuts_it(text: str, statements: list[str]) -> None:
    """A semicolon counts only where it ends a statement."""
    assert [statement for statement, _ in split(text)] == statements


@given(st.lists(_PIECES).map("".join))
def test_a_statement_stands_where_it_says(text: str) -> None:
    """The offset of a statement leads back to it, so that an error can name its line."""
    for statement, at in split(text):
        assert text[at:].startswith(statement)


@given(st.lists(_PIECES).map("".join))
def test_canonical_text_stays_as_it_is(text: str) -> None:
    """Canonical text is its own canonical text."""
    assert canonical(canonical(text)) == canonical(text)


def test_layout_does_not_change_canonical_text() -> None:
    """Blanks, comments and the last semicolon make no other statement; a blank inside a string does."""
    assert canonical("SELECT  1,\n 2 -- two\n;") == canonical("SELECT 1, /* one */ 2")
    assert canonical("SELECT 'a  b'") != canonical("SELECT 'a b'")


@pytest.mark.parametrize(
    ("sql", "positional", "names"),
    [
        ("VALUES ($id, $x, $id)", "VALUES ($1, $2, $1)", ("id", "x")),
        ("SELECT '$id', \"$id\", $$ $id $$, $q$ $id $q$ -- $id", None, ()),
        ("SELECT $amount::numeric(10,2)", "SELECT $1::numeric(10,2)", ("amount",)),
        ("SELECT a$b, $1", None, ()),
    ],
    ids=["twice is one", "not in strings and comments", "casts", "names and places of PostgreSQL's own"],
)
def test_named_parameters_become_numbers(sql: str, positional: str | None, names: tuple[str, ...]) -> None:
    """A driver's names turn into PostgreSQL's numbers, and nothing else changes."""
    assert parameters(sql) == (positional or sql, names)


def test_a_transaction_inside_a_script_is_a_part_of_its_own() -> None:
    """BEGIN … COMMIT groups what is between, and what stands around it runs as the script says."""
    parts = segments(("a", "BEGIN", "b", "c", "COMMIT", "d"), transaction=False)
    assert parts == ((("a",), False), (("b", "c"), True), (("d",), False))
    assert segments(("a", "b"), transaction=True) == ((("a", "b"), True),)


def test_words_are_keywords_and_bare_names() -> None:
    """What is quoted is no keyword."""
    assert words("ALTER Table \"Only\" ADD 'x'") == ("alter", "table", "add")
