"""YAML without YAML's guesses: every scalar is `Text`, every key and value keeps its place.

The events of the parser are read one by one, so that a limit is met before anything grows. No Python object is ever
constructed, no tag is followed, and the implicit types of YAML (`1:30` is 90, `off` is false) do not exist here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sim.errors import InvalidInput, Mark, Problem
from sim.scenario.marks import Marks, Span
from sim.scenario.marks import Path as Place
from sim.scenario.raw import has_unsafe, read_text, unsafe
from sim.scenario.values import Text

DEPTH_MAX = 40
NODES_MAX = 30_000
ALIASES_MAX = 200
PROBLEMS_MAX = 50

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """What a file holds (dicts, lists and `Text`), and where each part of it stands."""

    data: Any
    marks: Marks


def read(path: Path) -> Document:
    """Read one YAML document, or say everything that is wrong with it."""
    return parse(read_text(path), str(path))


def parse(source: str, file: str) -> Document:
    """The same for text that is already in memory; `file` is the name that problems are reported under."""
    if problems := unsafe(source, file):
        raise InvalidInput(problems)
    reader = _Reader(source, file)
    data = reader.document()
    if reader.problems:
        raise InvalidInput(sorted(reader.problems))
    return Document(data, Marks(file, source, reader.values, reader.keys, reader.spans))


class _Stop(Exception):
    """Reading on would be a waste."""


@dataclass(frozen=True)
class _Anchored:
    """A node that an alias may repeat: where it was read, and how many nodes it is made of."""

    data: Any
    at: Place
    size: int


class _Reader:
    def __init__(self, source: str, file: str) -> None:
        self.source, self.file = source, file
        self.problems: list[Problem] = []
        self.values: dict[Place, Mark] = {}
        self.keys: dict[Place, Mark] = {}
        self.spans: dict[Place, Span] = {}
        self._anchors: dict[str, _Anchored | None] = {}
        self._nodes = self._aliases = 0
        self._events: Iterator[yaml.Event] = iter(yaml.parse(source, Loader=_LOADER))

    def document(self) -> Any:
        data: Any = None
        try:
            self._next()
            if isinstance(self._next(), yaml.StreamEndEvent):
                self._say(Mark(self.file), "the file is empty", "every key it needs is in schema.json")
            else:
                data = self._node(self._next(), (), 1)
                self._one_only()
        except _Stop:
            pass
        except yaml.YAMLError as error:
            self.problems.append(_syntax_problem(error, self.file))
        return data

    def _one_only(self) -> None:
        self._next()
        if not isinstance(after := self._next(), yaml.StreamEndEvent):
            self._say(self._mark(after), "a second document", "one document a file; remove the line `---`")

    def _next(self) -> Any:
        return next(self._events)

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _say(self, where: Mark, what: str, hint: str) -> None:
        self.problems.append(Problem(where, what, hint))
        if len(self.problems) >= PROBLEMS_MAX:
            raise _Stop

    def _node(self, event: Any, at: Place, depth: int) -> Any:
        where = self._mark(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, at, where)
        self._spend(1, where)
        if depth > DEPTH_MAX:
            self._say(where, f"nested more than {DEPTH_MAX} levels deep", "no block of the language goes that deep")
            raise _Stop
        self.values[at] = where
        if getattr(event, "tag", None) is not None:
            self._say(where, f"a tag ({event.tag})", "tags are not read; write the value alone")
        anchor, first = getattr(event, "anchor", None), self._nodes
        if anchor:
            self._anchors[anchor] = None
        data = self._content(event, at, depth)
        if anchor:
            self._anchors[anchor] = _Anchored(data, at, self._nodes - first + 1)
        return data

    def _content(self, event: Any, at: Place, depth: int) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(at, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(item, (*at, len(items)), depth + 1))
            return items
        self.spans[at] = Span(event.start_mark.index, event.end_mark.index, _style(event), event.value)
        return self._text(event)

    def _text(self, event: Any) -> Text:
        if has_unsafe(event.value):
            self._say(self._mark(event), "a control character", "remove the escape that makes it")
        return Text(event.value, plain=_style(event) == "")

    def _mapping(self, at: Place, depth: int) -> dict[Text, Any]:
        entries: dict[Text, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            where = self._mark(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._say(where, "a key that is not plain text", 'put text with brackets or * in quotes: "…"')
                raise _Stop
            self._spend(1, where)
            key = self._text(event)
            place: Place = (*at, str(key))
            if key in entries:
                first = self.keys[place].line
                self._say(where, f"the key {str(key)!r} stands here twice", f"the first one is in line {first}")
                self._skip(depth)
                continue
            if key == "<<" and key.plain:
                self._say(where, "a merge key", "merge keys are not read; write the keys out")
            self.keys[place] = where
            entries[key] = self._node(self._next(), place, depth + 1)
        return entries

    def _skip(self, depth: int) -> None:
        """Read a value for its problems alone; its places would hide those of the first one."""
        kept = dict(self.values), dict(self.keys), dict(self.spans)
        self._node(self._next(), ("",), depth + 1)
        self.values, self.keys, self.spans = kept

    def _alias(self, event: Any, at: Place, where: Mark) -> Any:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            known = event.anchor in self._anchors
            what = f"*{event.anchor} stands inside itself" if known else f"there is no anchor &{event.anchor} before it"
            self._say(where, what, "put text that begins with * in quotes")
            raise _Stop
        self._spend(anchored.size, where)
        self._aliases += 1
        if self._aliases > ALIASES_MAX:
            self._say(where, f"more than {ALIASES_MAX} aliases", "write the values out")
            raise _Stop
        for places in (self.values, self.keys, self.spans):
            self._repeat(places, anchored.at, at)
        return anchored.data

    @staticmethod
    def _repeat(places: dict[Place, Any], source: Place, target: Place) -> None:
        length = len(source)
        copied = {(*target, *path[length:]): place for path, place in places.items() if path[:length] == source}
        places.update({path: place for path, place in copied.items() if path not in places})

    def _spend(self, nodes: int, where: Mark) -> None:
        self._nodes += nodes
        if self._nodes > NODES_MAX:
            what = f"more than {NODES_MAX} values, aliases counted each time they are used"
            self._say(where, what, "a scenario has a few hundred")
            raise _Stop


def _style(event: Any) -> str:
    return event.style or ""


_SYNTAX = (
    ("mapping values are not allowed", "a colon where none can stand", "put text that holds ': ' in quotes"),
    ("cannot start any token", "a character that no value can begin with", "put the text in quotes"),
    ("',' or '}'", "a comma or } is wanted here", 'inside { } put "${name}" and text with commas or [ { in quotes'),
    ("',' or ']'", "a comma or ] is wanted here", "a list in one line ends with ]; put text with brackets in quotes"),
    ("expected key", "this line does not fit the ones above it", "give the keys of one block the same indentation"),
    ("<block end>", "this line does not fit the ones above it", "give the keys of one block the same indentation"),
    ("expected '-' indicator", "this line does not fit the list above it", "begin each item of a list with '- '"),
    ("expected ':'", "a key without a colon", "write `key: value`"),
    ("end of stream", "a quote or bracket is never closed", "close it, or write '' for a quote inside quotes"),
    ("unknown escape", "an unknown escape", "in double quotes write \\\\ for one backslash, or use single quotes"),
)  # fmt: skip


def _syntax_problem(error: yaml.YAMLError, file: str) -> Problem:
    said = str(getattr(error, "problem", None) or "")
    mark = getattr(error, "problem_mark", None)
    where = Mark(file, mark.line + 1, mark.column + 1) if mark else Mark(file)
    for sign, what, hint in _SYNTAX:
        if sign in said:
            return Problem(where, what, hint)
    return Problem(where, f"this is not YAML: {said}" if said else "this is not YAML", "compare it with a line above")
