"""SQL text without a server: statements with their offsets, canonical text, and named parameters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>--[^\n]*)
    |(?P<block>/\*)
    |(?P<dollar>\$(?:[A-Za-z_]\w*)?\$)
    |(?P<string>[eE]'(?:[^'\\]|\\.|'')*'|'[^']*(?:''[^']*)*')
    |(?P<quoted>"[^"]*(?:""[^"]*)*")
    |(?P<open>[eE]?['"].*)
    |(?P<param>\$[A-Za-z_]\w*)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<number>\d[\w.]*|\.\d\w*)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = ("space", "comment")
_REMEMBERED = 1024


@dataclass(frozen=True)
class Token:
    """A piece of SQL; string constants and dollar quotes are one piece each."""

    kind: str
    text: str
    at: int


def tokens(sql: str) -> Iterator[Token]:
    """Cut SQL the way PostgreSQL's scanner does; whatever is left open reaches to the end."""
    at = 0
    while match := _TOKEN.match(sql, at):
        kind, end = match.lastgroup or "other", match.end()
        if kind == "block":
            kind, end = "comment", _block_end(sql, at)
        elif kind == "dollar":
            closing = sql.find(match.group(), end)
            kind, end = "string", len(sql) if closing < 0 else closing + len(match.group())
        yield Token(kind, sql[at:end], at)
        at = end


def _block_end(sql: str, at: int) -> int:
    """Block comments nest."""
    depth = 0
    for mark in re.finditer(r"/\*|\*/", sql[at:]):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return at + mark.end()
    return len(sql)


@lru_cache(maxsize=_REMEMBERED)
def split(text: str) -> tuple[tuple[str, int], ...]:
    """The statements of a script, without their semicolons, and where each begins."""
    found: list[tuple[str, int]] = []
    piece: list[Token] = []
    parens = atomic = 0
    for token in tokens(text):
        word = token.text.lower() if token.kind == "word" else ""
        if token.kind == "other":
            parens += {"(": 1, ")": -1}.get(token.text, 0)
        elif word == "atomic" or (atomic and word == "case"):
            atomic += 1
        elif atomic and word == "end":
            atomic -= 1
        if token.text == ";" and token.kind == "other" and parens <= 0 and not atomic:
            _close(piece, found)
            piece, parens = [], 0
        else:
            piece.append(token)
    _close(piece, found)
    return tuple(found)


def _close(piece: list[Token], found: list[tuple[str, int]]) -> None:
    while piece and piece[0].kind in _BLANK:
        piece.pop(0)
    while piece and piece[-1].kind in _BLANK:
        piece.pop()
    if piece:
        found.append(("".join(token.text for token in piece), piece[0].at))


@lru_cache(maxsize=_REMEMBERED)
def canonical(sql: str) -> str:
    """One text for all ways to lay a statement out: blanks and comments become one space, semicolons at the end go."""
    pieces: list[str] = []
    for token in tokens(sql):
        if token.kind not in _BLANK:
            pieces.append(token.text)
        elif pieces and pieces[-1] != " ":
            pieces.append(" ")
    while pieces and pieces[-1] in {" ", ";"}:
        pieces.pop()
    return "".join(pieces)


@lru_cache(maxsize=_REMEMBERED)
def words(sql: str) -> tuple[str, ...]:
    """The bare words of a statement in lower case: keywords and unquoted names."""
    return tuple(token.text.lower() for token in tokens(sql) if token.kind == "word")


@lru_cache(maxsize=_REMEMBERED)
def names(sql: str) -> frozenset[str]:
    """Every name an expression may mean, quoted or bare."""
    found = set()
    for token in tokens(sql):
        if token.kind == "word":
            found.add(token.text.lower())
        elif token.kind == "quoted":
            found.add(token.text[1:-1].replace('""', '"'))
    return frozenset(found)


@lru_cache(maxsize=_REMEMBERED)
def parameters(sql: str) -> tuple[str, tuple[str, ...]]:
    """Turn `$name` into `$1`, `$2` … as a driver does; a name used twice is one parameter."""
    order: dict[str, int] = {}
    pieces = []
    for token in tokens(sql):
        if token.kind == "param":
            pieces.append(f"${order.setdefault(token.text[1:], len(order) + 1)}")
        else:
            pieces.append(token.text)
    return "".join(pieces), tuple(order)


def without(sql: str, word: str) -> str:
    """The same statement with one keyword left out."""
    return "".join(" " if token.kind == "word" and token.text.lower() == word else token.text for token in tokens(sql))


def wants_a_transaction(statement: str) -> bool:
    """Whether a statement alone is refused outside a transaction, which our own BEGIN would hide."""
    return words(statement)[:1] == ("lock",)


def segments(statements: tuple[str, ...], *, transaction: bool) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The parts of a script that run together: a BEGIN … COMMIT inside it makes a transaction of what is between."""
    found: list[tuple[tuple[str, ...], bool]] = []
    piece: list[str] = []
    inside = False
    for statement in statements:
        word = words(statement)[:1]
        if word in {("begin",), ("start",)} and not inside:
            found, piece, inside = [*found, (tuple(piece), transaction)], [], True
        elif word in {("commit",), ("end",)} and inside:
            found, piece, inside = [*found, (tuple(piece), True)], [], False
        else:
            piece.append(statement)
    found.append((tuple(piece), transaction or inside))
    return tuple((part, together) for part, together in found if part)
