"""docs/playing.md says what the grammar says."""

import re

import pytest

from tests.shape.tree import ROOT
from tui.grammar import ALIASES, OWN, parse

PAGE = (ROOT / "docs" / "playing.md").read_text(encoding="utf-8")


def _rows(head: str) -> list[tuple[str, str]]:
    """The rows of the table under a head."""
    table = PAGE.partition(f"## {head}\n")[2].partition("\n|")[2].partition("\n\n")[0]
    cells = (re.split(r" \| ", line.strip("| ")) for line in table.splitlines()[2:])
    return [(first.strip("`"), rest) for first, rest in cells]


def test_the_page_has_every_word_as_help_says_it() -> None:
    """No word more, no word less."""
    assert dict(_rows("What is said to the program itself")) == dict(OWN)


def test_the_page_has_every_shorter_word() -> None:
    """Each with what it stands for."""
    said = PAGE.partition("Shorter words: ")[2].partition(".\n")[0]
    assert said == ", ".join(f"`{short}` is `{whole}`" for short, whole in ALIASES.items())


@pytest.mark.parametrize("line", [line for line, _ in _rows("How lines are written")])
def test_what_the_page_shows_can_be_typed(line: str) -> None:
    """Each example means something; a remark means nothing."""
    assert (parse(line) is None) == line.startswith("#")
