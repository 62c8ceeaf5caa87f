"""Lines that match a pattern, found in linear time whatever the pattern is: RE2, which DuckDB carries."""

import re
from collections.abc import Sequence

from sim.errors import NotModelled

LONGEST_PATTERN = 300
_SWAPPED = "(){}|+?"


def matching(pattern: str, lines: Sequence[str]) -> list[int]:
    """The places of the lines that a basic regular expression finds, as grep reads it."""
    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise NotModelled(f"a pattern has between 1 and {LONGEST_PATTERN} characters")
    if not lines:
        return []
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        sql = "SELECT i - 1 FROM (SELECT unnest($1) AS line, generate_subscripts($1, 1) AS i) "
        sql += "WHERE regexp_matches(line, $2)"
        try:
            found = connection.execute(sql, [list(lines), extended(pattern)]).fetchall()
        except duckdb.Error as problem:
            raise NotModelled(f"this pattern cannot be read: {str(problem).splitlines()[0][:200]}") from None
    return sorted(place for (place,) in found)


def extended(pattern: str) -> str:
    """A basic expression as an extended one: a bare parenthesis is itself in the one, an escaped one in the other."""
    said, at = "", 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\" and at + 1 < len(pattern):
            follows = pattern[at + 1]
            said += follows if follows in _SWAPPED else {"<": r"\b", ">": r"\b"}.get(follows, letter + follows)
            at += 2
        elif bracket := re.match(r"\[\^?\]?(?:\[:\w+:\]|[^\]])*\]", pattern[at:]):
            said += bracket[0]
            at += bracket.end()
        else:
            literal = letter in _SWAPPED or letter in "[\\" or (letter == "*" and said in {"", "^"})
            said += "\\" + letter if literal else letter
            at += 1
    return said
