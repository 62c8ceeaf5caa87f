"""The one door to sqlglot: PostgreSQL's text in, one parsed statement out, or a clear refusal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sim.errors import NotModelled

LONGEST_TEXT = 20_000


@contextmanager
def _quiet() -> Iterator[None]:
    """Sqlglot logs what it cannot read; here that is an answer, not noise."""
    log = logging.getLogger("sqlglot")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def parse_all(sql: str) -> list[exp.Expr]:
    """Every statement of a text."""
    if len(sql.encode(errors="replace")) > LONGEST_TEXT:
        raise NotModelled(f"a statement of more than {LONGEST_TEXT} bytes is not modelled")
    if "\x00" in sql or any("\ud800" <= letter <= "\udfff" for letter in sql):
        raise NotModelled("this text holds characters that PostgreSQL does not take")
    with _quiet():
        try:
            found = sqlglot.parse(sql, read="postgres")
        except SqlglotError as problem:
            raise NotModelled(f"this SQL cannot be read: {str(problem).splitlines()[0]}") from None
        except RecursionError:
            raise NotModelled("this SQL is nested too deeply") from None
    return [node for node in found if node is not None and not isinstance(node, exp.Semicolon)]


def parse(sql: str) -> exp.Expr:
    """Exactly one statement."""
    found = parse_all(sql)
    if len(found) != 1:
        raise NotModelled(f"one statement at a time, not {len(found)}")
    return found[0]


def parse_expression(sql: str) -> exp.Expr:
    """One expression, such as a default or a guard."""
    select = parse(f"SELECT {sql}")
    only(select, "expressions")
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        raise NotModelled(f"one expression is wanted here, not {sql!r}")
    found: exp.Expr = select.expressions[0]
    return found


def only(node: exp.Expr, *allowed: str) -> None:
    """Refuse a node that says more than we look at: sqlglot keeps each clause as an argument."""
    for name, value in node.args.items():
        if name not in allowed and value not in (None, False, [], ""):
            raise NotModelled(f"{name.strip('_').replace('_', ' ')} in {node.sql('postgres')[:80]!r} is not modelled")


def name_of(node: object) -> str:
    """An identifier as PostgreSQL folds it: lower case unless quoted."""
    if isinstance(node, exp.Column | exp.Table):
        if any(node.args.get(part) for part in ("db", "catalog")) or isinstance(node.this, exp.Star | exp.Func):
            raise NotModelled(f"{node.sql('postgres')} is not modelled here")
        node = node.this
    if not isinstance(node, exp.Identifier):
        raise NotModelled(f"a name is wanted here, not {node}")
    text = str(node.this)
    return text if node.args.get("quoted") else text.lower()


def table_name(node: exp.Expr) -> str:
    """The name of a table without alias; the schema `public` may be said."""
    if not isinstance(node, exp.Table):
        raise NotModelled(f"a table is wanted here, not {node.sql('postgres')[:60]}")
    db = node.args.get("db")
    if db is not None and name_of(db) != "public":
        raise NotModelled(f"the schema {name_of(db)} is not modelled")
    if node.args.get("catalog"):
        raise NotModelled("a table in another database is not modelled")
    return name_of(node.this)
