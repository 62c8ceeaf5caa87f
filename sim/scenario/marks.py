"""Where every key and value of a document stands in its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sim.errors import Mark
from sim.scenario.raw import place

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Span:
    """A scalar's place in the source: [start, stop), the character that opens it ('' when plain), and its value."""

    start: int
    stop: int
    style: str
    text: str


@dataclass(frozen=True)
class Piece:
    """Text that was put in the place of other text: [start, stop) now, [was_start, was_stop) as written."""

    start: int
    stop: int
    was_start: int
    was_stop: int


@dataclass(frozen=True)
class Marks:
    """From a path such as ('clock', 'limit') to its places; an unknown path answers with its nearest parent."""

    file: str
    source: str = field(default="", repr=False)
    values: Mapping[Path, Mark] = field(default_factory=dict, repr=False)
    keys: Mapping[Path, Mark] = field(default_factory=dict, repr=False)
    spans: Mapping[Path, Span] = field(default_factory=dict, repr=False)
    pieces: Mapping[Path, tuple[Piece, ...]] = field(default_factory=dict, repr=False)
    over: "Marks | None" = None
    """Another document that was laid over this one: what stands there as well, stands there."""

    def value(self, path: Path) -> Mark:
        """Where a value begins."""
        if self.over is not None and self.over.reaches(path) >= self.reaches(path):
            return self.over.value(path)
        return self._nearest(self.values, path)

    def key(self, path: Path) -> Mark:
        """Where the key of a value stands; an item of a list has none, so it answers with the item."""
        if self.over is not None and path in self.over.keys:
            return self.over.keys[path]
        return self.keys[path] if path in self.keys else self.value(path)

    def within(self, path: Path, offset: int) -> Mark:
        """Where the character at `offset` of a text stands, whichever way the text is written."""
        if self.over is not None and path in self.over.spans:
            return self.over.within(path, offset)
        span = self.spans.get(path)
        if span is None:
            return self.value(path)
        index = _index(self.source, span, self._as_written(path, offset))
        return place(self.source, index, self.file)

    def with_pieces(self, pieces: Mapping[Path, tuple[Piece, ...]]) -> "Marks":
        """The same places, knowing which texts were put in after reading."""
        return replace(self, pieces=pieces, over=self.over.with_pieces(pieces) if self.over is not None else None)

    def reaches(self, path: Path) -> int:
        """How many steps of a path lead somewhere here."""
        return next(length for length in range(len(path), -1, -1) if length == 0 or path[:length] in self.values)

    def _nearest(self, places: Mapping[Path, Mark], path: Path) -> Mark:
        for length in range(len(path), -1, -1):
            if path[:length] in places:
                return places[path[:length]]
        return Mark(self.file)

    def _as_written(self, path: Path, offset: int) -> int:
        shift = 0
        for piece in self.pieces.get(path, ()):
            if offset < piece.start:
                break
            if offset < piece.stop:
                return piece.was_start
            shift = piece.was_stop - piece.stop
        return offset + shift


def _index(source: str, span: Span, offset: int) -> int:
    """The source index of a value's character.

    Folding and indentation only ever change white space, so counting the visible characters finds it in every style.
    """
    visible = sum(char not in _SPACE for char in span.text[:offset])
    wants_next = offset < len(span.text) and span.text[offset] not in _SPACE
    at, after = span.start + len(span.style), span.start + len(span.style)
    if span.style in {"|", ">"}:
        at = source.find("\n", span.start) + 1
        after = at
    while at < span.stop:
        width, is_visible = _unit(source, at, span.style)
        if is_visible:
            if visible == 0:
                return at if wants_next else after
            visible -= 1
            after = at + width
        at += width
    return after


_SPACE = " \t\n"
_LONG_ESCAPES = {"x": 4, "u": 6, "U": 10}


def _unit(source: str, at: int, style: str) -> tuple[int, bool]:
    """How many source characters make the next character of the value, and whether it is a visible one."""
    here = source[at]
    if style == "'" and source.startswith("''", at):
        return 2, True
    if style != '"' or here != "\\":
        return 1, here not in _SPACE
    escape = source[at + 1 : at + 2]
    width = _LONG_ESCAPES.get(escape, 2)
    if width > 2:
        return width, chr(int(source[at + 2 : at + width], 16)) not in _SPACE
    return 2, escape not in " \t\nnt"
