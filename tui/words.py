"""Words of a typed line: split at spaces, quoted where they hold some; what is written here is read the same again."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'')
_BARE = re.compile(r"[^\s,\"'=]+")
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|U[0-9a-f]{8}|.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_PLAIN = re.compile(r"[\w./:@{}$*+#%()<>!?;&|~^\[\]–×…-]+")


@dataclass(frozen=True)
class Word:
    """A word as it was meant, whether it was quoted, and where it begins and ends in the line."""

    text: str
    quoted: bool
    start: int
    end: int
    items: tuple[str, ...]
    name: str = ""


def words(line: str) -> list[Word]:
    """The words of a line. `name=value` is one word with a name, `a,b` one with two items, `POST /orders` is one."""
    return list(_joined(list(_split(line))))


def _split(line: str) -> Iterator[Word]:
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        yield (word := _word(line, at))
        at = word.end


def _word(line: str, start: int) -> Word:
    named = re.compile(r"([a-z_]+)=").match(line, start)
    at = named.end() if named else start
    items, piece, quoted, anything = list[str](), "", False, False
    while at < len(line) and not line[at].isspace():
        if line[at] == ",":
            items, piece = [*items, piece], ""
            at += 1
        elif (hit := _QUOTED.match(line, at)) is not None:
            piece += _ESCAPE.sub(_meant, hit[1]) if hit[1] is not None else hit[2]
            quoted = True
            at = hit.end()
        else:
            bare = _BARE.match(line, at)
            piece += bare[0] if bare else line[at]
            at = bare.end() if bare else at + 1
        anything = True
    items = [*items, piece] if anything else []
    return Word(",".join(items), quoted, start, at, tuple(items), named[1] if named else "")


def _meant(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) > 1:
        return chr(number) if (number := int(code[1:], 16)) <= sys.maxunicode else escape[0]
    return _MEANT.get(code, escape[0])


def _joined(split: list[Word]) -> Iterator[Word]:
    """An endpoint is two words that belong together."""
    waits: Word | None = None
    for word in split:
        if waits is not None and word.text.startswith("/") and not word.name and not word.quoted:
            text = f"{waits.text} {word.text}"
            waits = Word(text, False, waits.start, word.end, (text,), waits.name)
            yield waits
            waits = None
            continue
        if waits is not None:
            yield waits
        waits = word if word.text in _METHODS and not word.quoted else None
        if waits is None:
            yield word
    if waits is not None:
        yield waits


def whole(rest: str) -> str:
    """The rest of a line as one value: without its quotes if it stands in one pair of them, otherwise as it is."""
    rest = rest.strip()
    hit = _QUOTED.fullmatch(rest)
    if hit is None:
        return rest
    return _ESCAPE.sub(_meant, hit[1]) if hit[1] is not None else hit[2]


def quoted(value: str) -> str:
    """A value in quotes, on one line whatever it holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + "".join(one if one.isprintable() else _coded(one) for one in escaped) + '"'


def _coded(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def plainly(value: str) -> str:
    """A value without quotes where it is one simple word, with them where it is not."""
    return value if _PLAIN.fullmatch(value) and value not in _METHODS else quoted(value)
