"""Durations and moments, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, millis, show, spell


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("250ms", 250),
        ("90s", 90_000),
        ("5m", 300_000),
        ("1h30m", 5_400_000),
        ("-12h", -43_200_000),
        ("0m", 0),
        ("2d", 2 * DAY),
    ],
)
def test_a_duration_is_read_as_whole_milliseconds(text: str, ms: int) -> None:
    """Units may be joined, and a span may lie before the start."""
    assert millis(text) == ms


@pytest.mark.parametrize(
    "text", ["1:30", "90", "", "5 m", "1.5h", "m5", "--5m", "1e3s", "nan", "5M", "500d", "9" * 40 + "s"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    """What YAML or a hurried author might write is refused, not guessed."""
    with pytest.raises(ValueError, match=r"duration|longer"):
        millis(text)


@given(st.integers(min_value=-DAY * 300, max_value=DAY * 300))
def test_what_is_spelled_is_read_again(ms: int) -> None:
    """`spell` and `millis` undo each other."""
    assert millis(spell(ms)) == ms


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "T+00:00"), (90_000, "T+01:30"), (3_900_000, "T+1:05:00"), (-60_000, "T-01:00")]
)
def test_a_moment_is_shown_as_on_a_wall_clock(ms: int, text: str) -> None:
    """Minutes and seconds, hours only when there are some."""
    assert show(ms) == text
