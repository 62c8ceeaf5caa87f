"""An author's mistakes, one by one and together: the place, the fault and the next step."""

# ruff: noqa: E501 - a row of a table stays a row

from pathlib import Path

import pytest

from sim.errors import ExitCode, InvalidInput
from sim.scenario.load import load
from tests.scenario.drafts import draft, place_of, problems, said

_MISTAKES = [
    pytest.param("rps: 40", "rsp: 40", 0, "unknown key 'rsp'", "did you mean 'rps'?", id="an unknown key"),
    pytest.param("rps: 40", "rps: many", 5, "rps: 'many' is not a number", "write digits", id="a wrong type"),
    pytest.param("rps: 40", "rps: -40", 5, "rps: '-40' is too small", "more than 0", id="a negative rate"),
    pytest.param("rps: 40", "rps: NaN", 5, "rps: 'NaN' is not a finite number", "write digits", id="a rate of NaN"),
    pytest.param("rps: 40", "rps: .inf", 5, "rps: '.inf' is not a number", "write digits", id="an infinite rate"),
    pytest.param("rps: 40", "rps: 1e18", 5, "rps: '1e18' is too large", "100000 at most", id="a rate of 1e18"),
    pytest.param("errors: 0.001", "errors: 2", 8, "errors: '2' is too large", "1 at most", id="a share above one"),
    pytest.param("limit: 100m", "limit: 1:30", 7, "'1:30' is not a duration", "write 1m30s", id="a clock face"),
    pytest.param("limit: 100m", "limit: 1:30:00", 7, "'1:30:00' is not a", "write 1h30m00s", id="a longer clock face"),
    pytest.param("limit: 100m", "limit: 100", 7, "'100' has no unit", "write 100s for seconds", id="a bare number"),
    pytest.param("limit: 100m", "limit: 0s", 7, "it lasts no time", "write it like", id="no time at all"),
    pytest.param("timeout: 5s", "timeout: -5s", 9, "'-5s' is negative", "begins at 0s", id="a negative duration"),
    pytest.param("rows: 400_000", "rows: 4e5", 6, "'4e5' is not a whole number", "write digits", id="a float of rows"),
    pytest.param("rows: 400_000", "rows: 3_000_000", 6, "rows: '3_000_000' is too large", "2000000", id="too many rows"),
    pytest.param("difficulty: first", "difficulty: frist", 12, "'frist' is not known", "'first'?", id="a word of a list"),
    pytest.param("AccessShareLock", "AccesShareLock", 0, "'AccesShareLock' is not", "'AccessShareLock'", id="a lock mode"),
    pytest.param("{faker: name}", "{faker: nane}", 8, "makes up a 'nane'", "did you mean 'name'?", id="a faker"),
    pytest.param("{choice: {web", "{choise: {web", 0, "how the value comes about", "'choice'?", id="a way of drawing"),
    pytest.param("sigma: 0.8}", "sgma: 0.8}", 0, "unknown key 'sgma'", "did you mean 'sigma'?", id="a key far inside"),
    pytest.param("title: The column that would not be empty", "title:", 6, "title: nothing stands where text is wanted",
                 "write one text", id="a key without a value"),
    pytest.param('starts: "2026-03-13 14:00"', "starts: 2026-13-13", 8, "'2026-13-13' is no date and time",
                 'write "2026-03-13 14:00"', id="a day that does not exist"),
    pytest.param("id: not-null-column", "id: Not Null", 4, "'Not Null' is no id", "small letters", id="an id with spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "skip", "what", "hint"), _MISTAKES)
def test_a_mistake_is_shown_where_it_stands(
    tmp_path: Path, *, old: str, new: str, skip: int, what: str, hint: str
) -> None:
    """One mistake makes one problem: its line and column, what is wrong in plain words, and what to do."""
    found = said(draft(tmp_path, (old, new)))
    assert len(found) == 1, found
    assert found[0][0] == place_of(old, skip=skip)
    assert what in found[0][1]
    assert hint in found[0][2]


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    """Mistakes of spelling, of type and of reference are all reported in one pass, in the order of the file."""
    path = draft(
        tmp_path,
        ("limit: 100m", "limit: 1:30"),
        ("rps: 40", "rsp: 40"),
        ("rps: 110", "rps: -1"),
        ("row_of: orders", "row_of: oders"),
        ("v2.4.0: [PR-901, PR-903", "v2.4.0: [PR-901, PR-902"),
        ("hold: 8m", "hold: [8m]"),
    )
    found = said(path)
    assert [place for place, _, _ in found] == [
        place_of("limit: 100m", skip=7), place_of("rps: 40"), place_of("rps: 110", skip=5),
        place_of("row_of: orders", skip=8), place_of("v2.4.0: [PR-901, PR-903", skip=17), place_of("hold: 8m", skip=6),
    ]  # fmt: skip
    assert found[4][1:] == ("there is no change 'PR-902'", "did you mean 'PR-905'?")


def test_an_error_reads_as_file_line_column(tmp_path: Path) -> None:
    """The text of the error is what a terminal and an editor can use, and the exit code says 'your input'."""
    path = draft(tmp_path, ("v2.4.0: [PR-901", "v2.4.0: [PR-902"))
    with pytest.raises(InvalidInput) as caught:
        load(path)
    place = place_of("v2.4.0: [PR-901", skip=9)
    assert str(caught.value) == (
        f"{path}/scenario.yaml:{place}: there is no change 'PR-902'\n  hint: did you mean 'PR-905'?"
    )
    assert caught.value.exit_code is ExitCode.INVALID


def test_a_missing_key_names_its_owner(tmp_path: Path) -> None:
    """What is missing has no place of its own, so the block that lacks it is shown."""
    found = said(draft(tmp_path, ("        rps: 40\n", "")))
    assert found == [(place_of("POST /orders:"), "`rps` of 'POST /orders' is missing", "add `rps: …` inside it")]


@pytest.mark.parametrize("block", ["services", "database", "releases", "changes", "story", "done", "people", "clock"])
@pytest.mark.parametrize("instead", ["nonsense", "[a, b]", "{a: b}", "[[1]]", ""])
def test_a_block_of_another_kind_is_told(tmp_path: Path, block: str, instead: str) -> None:
    """Whatever stands in the place of a block, the answer names the place and never a Python type."""
    found = said(draft(tmp_path, (f"\n{block}:", f"\n{block}: {instead}\nx{block}:")))
    assert any(what == f"unknown key 'x{block}'" for _, what, _ in found)
    for _, what, hint in found:
        assert hint
        assert not any(word in what.lower() for word in ("input", "valid", "dict", "tuple", "pydantic")), what


def test_text_that_a_comma_cut_off_is_recognised(tmp_path: Path) -> None:
    """Inside braces a comma ends a text; the author meant quotes."""
    path = draft(tmp_path, ("{sql: CASE WHEN channel = 'web' THEN campaign END}", "{sql: coalesce(campaign, channel)}"))
    assert (
        "this looks like the rest of the text before it",
        "text that holds a comma must stand in quotes inside { } and [ ]",
    ) in [(what, hint) for _, what, hint in said(path)]


def test_a_sound_scenario_has_no_problems(tmp_path: Path) -> None:
    """The draft that the other tests break is sound."""
    assert problems(draft(tmp_path)) == []
