"""The counts of a run as a CSV file, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_timeline(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """The rows as they come, the head among them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)


def cell(value: object) -> object:
    """A name that a spreadsheet would run as a formula is quoted the way spreadsheets quote text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
