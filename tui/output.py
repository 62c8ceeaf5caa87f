"""What commands write: data on stdout, for people or for programs; narration on stderr."""

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from threading import Timer
from typing import Any

from tui.safe_text import safe_line, safe_text

WORTH_SAYING_S = 1.0


def say(text: object = "") -> None:
    """Lines for a reader, on stdout, made harmless."""
    sys.stdout.write(safe_text(text) + "\n")


def say_json(value: object) -> None:
    """One JSON value on stdout; ASCII only, so that no terminal can be misled by it."""
    json.dump(plain(value), sys.stdout, indent=2, ensure_ascii=True, allow_nan=False)
    sys.stdout.write("\n")


def narrate(text: object) -> None:
    """A remark on stderr, which no program has to parse."""
    sys.stderr.write(safe_text(text) + "\n")


def plain(value: Any) -> Any:
    """Frozen values as what JSON knows: a dataclass is an object, a path or an enum its text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns as wide as their widest cell, two spaces apart, nothing cut off."""
    cells = [list(head), *([safe_line(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A spinner on stderr for whatever lasts more than a second; nothing at all when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.status import Status
    from rich.text import Text

    status = Status(Text("working"), console=Console(stderr=True))
    timer = Timer(WORTH_SAYING_S, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda stage: status.update(Text(safe_line(stage)))
    finally:
        timer.cancel()
        timer.join()  # it may have been starting just now
        status.stop()
