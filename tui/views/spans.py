"""Rows of text with a tone for each piece, safe to draw: what others wrote becomes harmless when a row is made."""

from collections.abc import Iterable
from dataclasses import dataclass

from scorecards.moments import DIM, ERR, MARK, OK, PLAIN, STRONG, WARN
from tui.safe_text import safe_line, safe_text

__all__ = [
    "ADDED", "CURSOR", "DIM", "ERR", "GONE", "HEAD", "LINE_MAX", "MARK", "OK", "PLAIN", "STRONG", "TONES", "WARN",
    "Row", "Span", "Spans", "row", "rows_of",
]  # fmt: skip

Span = tuple[str, str]
"""Some text and its tone: what it means, never a colour."""
Spans = tuple[Span, ...]

ADDED, GONE, CURSOR, HEAD = "added", "gone", "cursor", "head"
TONES = (DIM, STRONG, OK, WARN, ERR, MARK, ADDED, GONE, CURSOR, HEAD)

LINE_MAX = 2_000


@dataclass(frozen=True)
class Row:
    """One line; `key` is what choosing it means."""

    spans: Spans
    key: str = ""

    @property
    def text(self) -> str:
        """The same without tones."""
        return "".join(text for text, _ in self.spans)


def row(*pieces: str | Span, key: str = "") -> Row:
    """A row of pieces; every piece passes the one door between what others wrote and a terminal."""
    spans = [(piece, PLAIN) if isinstance(piece, str) else piece for piece in pieces]
    return Row(tuple((safe_line(text, LINE_MAX), tone) for text, tone in spans if text), key)


def rows_of(text: str, tone: str = PLAIN) -> tuple[Row, ...]:
    """Some text as rows, a line each."""
    return tuple(row((line, tone)) for line in safe_text(text).split("\n"))


def wrapped(rows: Iterable[Row], width: int) -> tuple[Row, ...]:
    """Rows of a few words, broken between words so that none is wider; what goes on is set in."""
    return tuple(piece for one in rows for piece in _wrapped(one, max(10, width)))


def _wrapped(one: Row, width: int) -> list[Row]:
    if len(one.text) <= width:
        return [one]
    lead = len(one.text) - len(one.text.lstrip())
    indent = lead + 2 if lead or one.spans[0][1] else 0
    indent = min(indent, width // 3)
    lines: list[list[Span]] = [[]]
    room = whole = width
    for text, tone in one.spans:
        left = text
        while left:
            if len(left) <= room:
                lines[-1].append((left, tone))
                room -= len(left)
                break
            cut = left.rfind(" ", 0, room + 1)
            if cut <= 0:
                cut = 0 if room < whole else room  # a word that fits on no line is broken, but not before it has one
            lines[-1].append((left[:cut].rstrip(), tone))
            left = left[cut:].lstrip()
            lines.append([(" " * indent, PLAIN)])
            room = whole = width - indent
    return [Row(tuple(spans), one.key) for spans in lines if spans]
