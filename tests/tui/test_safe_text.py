"""Untrusted text on its way to a terminal."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.safe_text import safe_line, safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("orders\tfailed\n", "orders\tfailed\n", id="ordinary text, tabs and line breaks pass"),
        pytest.param("Größe – 日本 🚀", "Größe – 日本 🚀", id="so do other alphabets"),
        pytest.param("\x1b]0;pwned\x07", "␛]0;pwned␇", id="an OSC that would retitle the window"),
        pytest.param("\x9b2J", "\ufffd2J", id="an 8-bit CSI that would clear the screen"),
        pytest.param("a\rb\bc\x7f", "a␍b␈c␡", id="characters that would overwrite what stands there"),
        pytest.param("abc\u202egnp.exe", "abc\ufffdgnp.exe", id="a direction override"),
        pytest.param("pay\u200bpal", "pay\ufffdpal", id="a letter that cannot be seen"),
        pytest.param("a\u2028b", "a\nb", id="a line break only some programs know"),
        pytest.param("\ud800", "\ufffd", id="half a character"),
        pytest.param("x" * 30, "x" * 9 + "…", id="text beyond the limit"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(text: str, shown: str) -> None:
    """What would act on the terminal is a visible mark instead."""
    assert safe_text(text, limit=10 if len(text) == 30 else 4000) == shown


@given(st.text(st.characters(codec=None)), st.integers(1, 50))
def test_nothing_that_acts_gets_through(text: str, limit: int) -> None:
    """Whatever comes in: no control character and no half one comes out, it keeps the limit, and twice is as once."""
    shown = safe_text(text, limit)
    acting = {char for char in shown if unicodedata.category(char) in {"Cc", "Cs"}} - {"\n", "\t"}
    assert not acting
    assert len(shown) <= limit
    assert safe_text(shown, limit) == shown


@given(st.text())
@example("\u2028")
@example("a\u2029b\tc")
def test_a_line_stays_a_line(text: str) -> None:
    """A cell of a table cannot start a new line or a new column."""
    assert not {"\n", "\t", "\r", "\u2028"} & set(safe_line(text))


def test_anything_can_be_said() -> None:
    """Values that are no text are said as Python would say them."""
    assert safe_text(3) == "3"
