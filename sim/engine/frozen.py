"""The simulated hour in place of the machine's: what PostgreSQL is asked must not depend on the day it is asked."""

from dataclasses import replace
from functools import lru_cache

from sim.judge.split import Token, tokens
from sim.judge.values import Line, Program

_CALLS = {"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"}
_WORDS = {
    "current_timestamp": "timestamptz '{}+00'",
    "localtimestamp": "timestamp '{}'",
    "current_date": "timestamptz '{}+00'::date",
}


@lru_cache(maxsize=2048)
def frozen(sql: str, starts: str) -> str:
    """The same SQL with the current time written out as the moment at which the story starts."""
    pieces = list(tokens(sql))
    said, at = [], 0
    while at < len(pieces):
        word = pieces[at].text.lower() if pieces[at].kind == "word" else ""
        if (
            word in _CALLS
            and [piece.text for piece in pieces[at + 1 : at + 3]] == ["(", ")"]
            and not _named(pieces, at)
        ):
            said.append(_WORDS["current_timestamp"].format(starts))
            at += 3
        elif word in _WORDS and not _named(pieces, at):
            said.append(_WORDS[word].format(starts))
            at += 1
        else:
            said.append(pieces[at].text)
            at += 1
    return "".join(said)


def frozen_program(program: Program, starts: str) -> Program:
    """The same for what a request computes; a guard that reads tables is theirs, and they have a clock."""
    derived = tuple((name, frozen(sql, starts)) for name, sql in program.derived)
    return replace(program, lines=tuple(_line(line, starts) for line in program.lines), derived=derived)


def _line(line: Line, starts: str) -> Line:
    guard = frozen(line.guard, starts) if line.guard is not None and not line.over_rows else line.guard
    return replace(line, guard=guard, sets=tuple((name, frozen(sql, starts)) for name, sql in line.sets))


def _named(pieces: list[Token], at: int) -> bool:
    """Whether the word is somebody's column: after a dot it is."""
    return at > 0 and pieces[at - 1].text == "."
