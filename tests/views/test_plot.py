"""Charts as text: what is drawn where, in each set of signs."""

import pytest

from tui.views.plot import Chart, Mark, axis, ceiling, columns, heading, number, plot
from tui.views.symbols import ASCII, BLOCK, BRAILLE, Symbols, symbols_for


def chart(
    *values: float | None, bound: float | None = None, before: float | None = None, marks: tuple[Mark, ...] = ()
) -> Chart:
    """A chart of these values, a second apart."""
    return Chart("errors", "of all requests", " %", values, 0, 1000 * len(values), bound, before, marks)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.07, "0.07"),
        (5.187, "5.19"),
        (188.4, "188"),
        (2500.0, "2.5k"),
        (1.2e6, "1.2M"),
        (100.0, "100"),
    ],
)
def test_a_number_has_three_digits_that_matter(value: float | None, shown: str) -> None:
    """From nothing to millions in six columns at most."""
    assert number(value) == shown
    assert len(shown) <= 6


@pytest.mark.parametrize(
    ("peak", "held", "top"),
    [(0.0, 0.0, 1.0), (0.0, 5.0, 5.0), (0.9, 0.0, 1.0), (1.1, 0.0, 2.0), (23.0, 0.0, 25.0), (188.0, 0.0, 200.0),
     (0.07, 0.0, 0.1), (18.0, 25.0, 25.0), (26.0, 25.0, 50.0), (7.0, 25.0, 10.0), (7.5, 25.0, 25.0)],
)  # fmt: skip
def test_a_scale_grows_at_once_and_shrinks_late(peak: float, held: float, top: float) -> None:
    """Both sides of the bound at which a scale that is little used gives way."""
    assert ceiling(peak, held) == pytest.approx(top)


@pytest.mark.parametrize(
    ("values", "count", "drawn"),
    [
        ((), 2, [None, None]),
        ((1.0, 5.0, 2.0, 2.0), 2, [5.0, 2.0]),
        ((1.0, None), 2, [1.0, None]),
        ((3.0,), 3, [3.0] * 3),
    ],
)
def test_peaks_stay_when_columns_are_few(
    values: tuple[float | None, ...], count: int, drawn: list[float | None]
) -> None:
    """What is drawn is the largest of what a column stands for; what is unknown stays a gap."""
    assert columns(values, count) == drawn


@pytest.mark.parametrize(
    ("symbols", "rows"),
    [
        (ASCII, ["     4|   *", "      |  | ", "     0|**  "]),
        (BLOCK, ["     4┤   █", "      ┤  ▄█", "     0┤▁▁██"]),
    ],
    ids=["letters", "blocks"],
)
def test_a_line_goes_up(symbols: Symbols, rows: list[str]) -> None:
    """Whole numbers on a scale of four, three rows high."""
    drawn = [one.text for one in plot(chart(0.0, 0.0, 2.0, 4.0), 11, 3, symbols, 4.0)]
    if symbols is ASCII:
        assert drawn[0] == rows[0]
        assert drawn[2].startswith(rows[2].rstrip())
    else:
        assert drawn == rows


def test_braille_has_two_dots_a_column_and_four_a_row() -> None:
    """A step from the bottom to the top is one upright line of eight dots in two rows."""
    drawn = [one.text[7:] for one in plot(chart(0.0, 8.0), 8, 2, BRAILLE, 8.0)]
    assert drawn == ["⢸", "⣸"]


def test_marks_bound_and_usual_stand_behind_the_line() -> None:
    """A mark is upright in every row, its sign on top; the bound is dashed, what was usual dotted."""
    rows = plot(
        chart(None, None, None, None, bound=2.0, before=0.0, marks=(Mark(2000, "deploy"),)), 11, 4, BRAILLE, 4.0
    )
    texts = [one.text[7:] for one in rows]
    assert texts == ["  ◆ ", "  ┊ ", "╌╌┊╌", "··┊·"]


def test_of_two_marks_in_one_place_the_first_is_seen() -> None:
    """A release and its migration begin in one second; the release is what one looks for."""
    marks = (Mark(1000, "deploy"), Mark(1000, "migration"))
    assert plot(chart(None, None, None, None, marks=marks), 11, 2, BRAILLE, 4.0)[0].text[8] == "◆"


@pytest.mark.parametrize(
    ("width", "has", "lacks"),
    [(70, ["of all requests", "over SLO 0.1", "before 0.05", "12 %"], []),
     (45, ["over SLO 0.1", "before 0.05", "12 %"], ["of all requests"]),
     (30, ["over SLO 0.1", "12 %"], ["before"]),
     (20, ["12 %"], ["SLO"])],
)  # fmt: skip
def test_a_heading_leaves_out_what_matters_less(width: int, has: list[str], lacks: list[str]) -> None:
    """The value is always there; that it is over the bound is said in a word, not by colour."""
    text = heading(chart(0.0, 12.0, bound=0.1, before=0.05), BRAILLE, width).text
    assert all(word in text for word in has)
    assert not any(word in text for word in lacks)
    assert len(text) <= width


@pytest.mark.parametrize(
    ("values", "trend"),
    [((1.0,) * 6, 0), ((1.0, 1.0, 1.0, 2.0, 2.0, 2.0), 1), ((2.0, 2.0, 2.0, 1.0, 1.0, 1.0), -1), ((1.0, 9.0), 0)],
)
def test_a_trend_needs_something_to_go_by(values: tuple[float, ...], trend: int) -> None:
    """Three values beside the three before them."""
    assert chart(*values).trend == trend


def test_the_axis_names_beginning_middle_and_end() -> None:
    """On the clock that commands use."""
    assert axis(0, 600_000, 60, "").text.split() == ["T+00:00", "T+05:00", "T+10:00"]
    assert axis(0, 600_000, 28, "").text.split() == ["T+00:00", "T+10:00"]


@pytest.mark.parametrize(
    ("environ", "encoding", "plot_"),
    [({"TERM": "xterm"}, "utf-8", "braille"), ({"TERM": "linux"}, "utf-8", "ascii"),
     ({"TERM": "dumb"}, "utf-8", "ascii"),
     ({"TERM": "xterm"}, "ascii", "ascii"), ({"TERM": "xterm"}, "ANSI_X3.4-1968", "ascii"), ({}, "utf-8", "ascii"),
     ({"TERM": "linux", "REHEARSE_SYMBOLS": "block"}, "utf-8", "block"),
     ({"TERM": "xterm", "REHEARSE_SYMBOLS": "fancy"}, "UTF-8", "braille")],
)  # fmt: skip
def test_a_terminal_is_sent_signs_that_it_has(environ: dict[str, str], encoding: str, plot_: str) -> None:
    """What a terminal says of itself decides, and whoever plays has the last word."""
    assert symbols_for(environ, encoding).plot == plot_
