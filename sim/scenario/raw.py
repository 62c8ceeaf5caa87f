"""A file's bytes as text, and what no text may hold."""

import re
import stat
from itertools import islice
from pathlib import Path

from sim.errors import InvalidInput, Mark, Problem, nearest

BYTES_MAX = 1_000_000
_SHOWN_MAX = 20
# Control characters, line breaks only YAML knows, direction overrides, and byte-order marks inside the text.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_INDENTED_BY_TAB = re.compile(r"^ *(\t)(?=[ \t]*\S)", re.MULTILINE)


def read_text(path: Path) -> str:
    """The text of a regular UTF-8 file of at most 1 MB, with plain line ends; anything else is InvalidInput."""
    return _decoded(path, _bytes(path)).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def unsafe(text: str, file: str) -> list[Problem]:
    """Every character that would lie to a terminal, and every tab that stands where YAML wants spaces."""
    found = [
        Problem(place(text, hit.start(), file), f"a control character (U+{ord(hit[0]):04X})", "remove it")
        for hit in islice(_UNSAFE.finditer(text), _SHOWN_MAX)
    ]
    found += [
        Problem(place(text, hit.start(1), file), "a tab in the indentation", "indent with spaces")
        for hit in islice(_INDENTED_BY_TAB.finditer(text), _SHOWN_MAX)
    ]
    return sorted(found)[:_SHOWN_MAX]


def place(text: str, index: int, file: str) -> Mark:
    """The line and column of a character, counted from one."""
    return Mark(file, text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def has_unsafe(value: str) -> bool:
    """Whether a value, its escapes resolved, would lie to a terminal."""
    return _UNSAFE.search(value) is not None


def _bytes(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _refused(path, "this is a folder, and a file is wanted", "name the file inside it")
        if not stat.S_ISREG(mode):
            raise _refused(path, "this is not an ordinary file", "name a text file")
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise _refused(path, "there is no such file", _neighbour(path)) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not a path"
        raise _refused(path, f"this file cannot be read: {why}", "check its name and its permissions") from None
    if len(data) > BYTES_MAX:
        raise _refused(path, "this file is larger than 1 MB", "a scenario or a play is a few hundred lines of text")
    return data


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        where = place(before, len(before), str(path))
        raise InvalidInput([Problem(where, "this is not UTF-8 text", "save the file as UTF-8")]) from None


def _refused(path: Path, what: str, hint: str) -> InvalidInput:
    return InvalidInput([Problem(Mark(_printable(str(path))), what, hint)])


def _printable(name: str) -> str:
    return _UNSAFE.sub("?", name).replace("\n", "?").replace("\t", "?")


def _neighbour(path: Path) -> str:
    beside = sorted(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else []
    return nearest(path.name, beside[:1000], "check the name")
