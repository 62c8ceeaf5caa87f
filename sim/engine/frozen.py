"""The simulated hour in place of the machine's: what PostgreSQL is asked must not depend on the day it is asked."""

from functools import lru_cache

from sim.judge.split import Token, tokens

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


def _named(pieces: list[Token], at: int) -> bool:
    """Whether the word is somebody's column: after a dot it is."""
    return at > 0 and pieces[at - 1].text == "."
