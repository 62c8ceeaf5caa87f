"""What commands write, value by value."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest

from tui.output import plain, progress, say, say_json, table
from tui.timeline import cell, write_timeline


class Colour(Enum):
    """An enum, as values have them."""

    RED = "red"


@dataclass(frozen=True)
class Found:
    """A frozen value with others inside."""

    where: Path
    colours: tuple[Colour, ...]
    next: "Found | None" = None


def test_frozen_values_become_json() -> None:
    """A dataclass is an object, an enum its value, a path its text, at any depth."""
    value = Found(Path("a/b"), (Colour.RED,), Found(Path("c"), ()))
    inner: dict[str, object] = {"where": "c", "colours": [], "next": None}
    assert plain({1: value}) == {"1": {"where": "a/b", "colours": ["red"], "next": inner}}


def test_json_is_ascii_and_strict(capsys: pytest.CaptureFixture[str]) -> None:
    """No byte of it can act on a terminal, and no NaN is passed on to a program."""
    say_json({"title": "\x1b[2J é"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x1b" not in out
    assert json.loads(out) == {"title": "\x1b[2J é"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        say_json(float("nan"))


def test_a_table_is_as_wide_as_its_cells() -> None:
    """Columns line up, nothing is cut off, and no line ends in blanks."""
    assert table(["ID", "PLAYS"], [["a-long-id", "x"], ["b", ""]]) == "ID         PLAYS\na-long-id  x\nb"


def test_a_cell_cannot_break_its_table() -> None:
    """A title with a line break is still one row."""
    assert len(table(["T"], [["one\ntwo"]]).splitlines()) == 2


def test_what_is_said_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    """Every line for a reader has been through safe_text."""
    say("\x1b[31mred")
    assert capsys.readouterr().out == "␛[31mred\n"


def test_a_timeline_is_a_csv(tmp_path: Path) -> None:
    """Row for row as it comes, with names that hold a comma in quotes."""
    file = tmp_path / "run.csv"
    write_timeline(file, [("second", "endpoint", "total"), (0, "POST /orders", 40), (1, "GET /a,b", 6)])
    assert file.read_text(encoding="utf-8") == 'second,endpoint,total\n0,POST /orders,40\n1,"GET /a,b",6\n'


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("@SUM", "'@SUM"), ("-2", "'-2"), ("POST /orders", "POST /orders"), (-2, -2), (None, None)],
)
def test_a_spreadsheet_runs_nothing(value: object, written: object) -> None:
    """A name that looks like a formula is text; a number stays a number."""
    assert cell(value) == written


class _AtOnce:
    """A timer for which a second is already over."""

    daemon = False

    def __init__(self, _seconds: float, act: Callable[[], None]) -> None:
        self.start = act

    def cancel(self) -> None:
        """Nothing to cancel."""

    def join(self) -> None:
        """Nothing to wait for."""


@pytest.mark.parametrize("is_terminal", [True, False], ids=["on a terminal", "into a file"])
def test_progress_is_for_people_who_watch(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What takes long is said on a terminal, harmlessly; a file or a pipe gets none of it, and stdout never does."""
    monkeypatch.setattr("tui.output.Timer", _AtOnce)
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as tell:
        tell("filling [red]orders[/]\x1b]0;x\x07")
    out, err = capsys.readouterr()
    assert out == ""
    assert ("filling [red]orders[/]␛]0;x␇" in err) is is_terminal
    assert bool(err) is is_terminal
