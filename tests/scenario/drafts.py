"""Copies of a good scenario with something changed, as an author would break it."""

import shutil
from pathlib import Path

from sim.errors import InvalidInput, Problem
from sim.scenario.load import FILE, find, load

GOOD = (find("not-null-column") / FILE).read_text(encoding="utf-8")


def draft(folder: Path, *edits: tuple[str, str]) -> Path:
    """A copy of the scenario folder in which each text was replaced, at its first place."""
    copy = folder / "draft"
    if not copy.exists():
        shutil.copytree(find("not-null-column"), copy)
    text = GOOD
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (copy / FILE).write_text(text, encoding="utf-8")
    return copy


def problems(path: Path) -> list[Problem]:
    """What loading it complains about; nothing when it is sound."""
    try:
        load(path)
    except InvalidInput as error:
        return list(error.problems)
    else:
        return []


def said(path: Path) -> list[tuple[str, str, str]]:
    """The same as (line:column, what, hint)."""
    return [(f"{p.where.line}:{p.where.column}", p.what, p.hint) for p in problems(path)]


def place_of(text: str, within: str = GOOD, skip: int = 0) -> str:
    """The line:column at which a text first stands, so many characters into it."""
    index = within.index(text) + skip
    return f"{within.count(chr(10), 0, index) + 1}:{index - within.rfind(chr(10), 0, index)}"
