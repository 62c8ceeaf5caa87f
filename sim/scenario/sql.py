"""As much SQL as a cross-check needs: which names a text mentions. What it means, PostgreSQL alone decides."""

import re
from itertools import pairwise

_TOKEN = re.compile(
    r"""--[^\n]* | /\*.*?\*/ | '(?:[^']|'')*' | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag) | "(?:[^"]|"")*"
    | \$[A-Za-z_]\w* | \w+ | \S""",
    re.DOTALL | re.VERBOSE,
)
_NOT_COLUMNS = {"constraint", "primary", "unique", "check", "foreign", "exclude"}


def numbered(text: str) -> str:
    """The text with every `$name` as `$1`, of the same length."""
    return _TOKEN.sub(lambda hit: "$1".ljust(len(hit[0])) if _is_parameter(hit[0]) else hit[0], text)


def parameters(text: str) -> list[tuple[str, int]]:
    """Every `$name` outside strings and comments, and where it stands."""
    return [(token[1:], at) for token, at in _tokens(text) if _is_parameter(token)]


def flags_named(text: str) -> list[tuple[str, int]]:
    """Every `flags.NAME`, and where it stands."""
    tokens = _tokens(text)
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return [(name.strip('"'), at) for (flags, at), (dot, _), (name, _) in triples if flags == "flags" and dot == "."]


def calls(text: str) -> list[tuple[str, int]]:
    """Every function that a text calls, in small letters where it is bare, and where its name stands."""
    tokens = _tokens(text)
    return [(_name(name), at) for (name, at), (opens, _) in pairwise(tokens) if opens == "("]


def words_named(text: str, word: str) -> list[int]:
    """Where a bare word stands, outside strings and comments."""
    return [at for token, at in _tokens(text) if token.lower() == word]


def columns(ddl: str) -> dict[str, tuple[str, ...] | None]:
    """The tables that a DDL text creates, with their columns; None where the text says them in another way."""
    tokens = [token for token, _ in _tokens(ddl)]
    words = [token.lower() for token in tokens]
    found: dict[str, tuple[str, ...] | None] = {}
    for at, word in enumerate(words):
        if word == "table" and "create" in words[max(0, at - 3) : at]:
            named = _named_at(words, at)
            if named < len(tokens):
                found[_name(tokens[named])] = _columns(tokens[named + 1 :])
    return dict.fromkeys(found) if "alter" in words else found


def _named_at(words: list[str], table: int) -> int:
    """Where the table's own name stands, past IF NOT EXISTS and the schema's name."""
    at = table + (4 if words[table + 1 : table + 4] == ["if", "not", "exists"] else 1)
    while words[at + 1 : at + 2] == ["."]:
        at += 2
    return at


def _columns(tokens: list[str]) -> tuple[str, ...] | None:
    if tokens[:1] != ["("]:
        return None
    depth, begins, names = 0, False, []
    for word in tokens:
        if begins and word.lower() == "like":
            return None
        if begins and word.lower() not in _NOT_COLUMNS:
            names.append(_name(word))
        depth += {"(": 1, ")": -1}.get(word, 0)
        begins = depth == 1 and word in {"(", ","}
        if depth == 0:
            break
    return tuple(names)


def _name(token: str) -> str:
    return token[1:-1].replace('""', '"') if token.startswith('"') else token.lower()


def _is_parameter(token: str) -> bool:
    return token.startswith("$") and len(token) > 1 and not token.endswith("$")


def _tokens(text: str) -> list[tuple[str, int]]:
    hits = ((hit[0], hit.start()) for hit in _TOKEN.finditer(text))
    return [(token, at) for token, at in hits if not token.startswith(("--", "/*"))]
