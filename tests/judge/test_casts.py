"""Which values a change of type refuses: our predicate against the server's own opinion."""

import psycopg
import pytest

from sim.judge.casts import refuses
from sim.judge.server import SUPERUSER, Server

_TEXTS = ("1", "-7", " 12 ", "1.5", "1e3", "", "abc", "yes", "TRUE", " off ", "32768", "-2147483649", "9" * 25, "x" * 5,
          "ab   ", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}")  # fmt: skip
_NUMBERS = (
    "0",
    "1",
    "-1",
    "99",
    "100",
    "32767",
    "32768",
    "-32768",
    "-32769",
    "2147483647",
    "2147483648",
    "999999999999",
)
_DECIMALS = (*_NUMBERS, "9.99", "9.995", "99.994", "99.995", "-99.999", "32767.4", "32767.5", "0.001")
_CASES = [
    *(("text", target, _TEXTS, True) for target in ("smallint", "integer", "numeric", "boolean", "uuid")),
    ("text", "character varying(3)", _TEXTS, False),
    ("text", "character varying(3)", _TEXTS, True),
    ("character varying(40)", "character(2)", _TEXTS, False),
    *(
        ("bigint", target, _NUMBERS, False)
        for target in ("integer", "smallint", "numeric(4,2)", "character varying(3)")
    ),
    *(("numeric", target, _DECIMALS, False) for target in ("integer", "smallint", "numeric(4,2)", "numeric(2,0)")),
]


@pytest.mark.parametrize(("source", "target", "values", "explicit"), _CASES)
def test_the_predicate_finds_what_postgresql_refuses(
    server: Server, source: str, target: str, values: tuple[str, ...], explicit: bool
) -> None:
    """Value by value: found exactly when ALTER TYPE fails, and NULL never."""
    predicates = refuses("v", source, target, explicit=explicit)
    where = " OR ".join(f"({one})" for one in predicates) or "FALSE"
    with psycopg.connect(**server.address("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(f"CREATE TEMP TABLE subject (v {source})".encode())
        for value in (*values, None):
            connection.execute("TRUNCATE subject")
            connection.execute("INSERT INTO subject VALUES (%s)", [value])
            found = connection.execute(f"SELECT count(*) FROM subject WHERE {where}".encode()).fetchone()
            assert found == (0 if _accepts(connection, target, explicit) else 1,), value


def _accepts(connection: "psycopg.Connection[tuple[object, ...]]", target: str, explicit: bool) -> bool:
    using = f" USING v::{target}" if explicit else ""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"ALTER TABLE subject ALTER COLUMN v TYPE {target}{using}".encode())
    except psycopg.DataError:
        return False
    return True


def test_an_enum_takes_its_labels_only() -> None:
    """A label with a quote is quoted."""
    assert refuses("v", "text", "kind", explicit=True, labels=("a", "it's")) == ("(v)::text NOT IN ('a', 'it''s')",)


@pytest.mark.parametrize(("source", "target"), [("integer", "bigint"), ("text", "jsonb"), ("numeric", "real")])
def test_where_nothing_is_known_nothing_is_asked(source: str, target: str) -> None:
    """The seed rows decide; a widening can't fail anyway."""
    assert refuses("v", source, target, explicit=False) == ()
