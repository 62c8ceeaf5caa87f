"""`rehearse key`: the facilitator's sheet."""

from pathlib import Path

import pytest

from sim.errors import ExitCode
from sim.scenario.key_file import FILE
from sim.scenario.load import catalogue, load
from tests.scenario.drafts import draft
from tests.scenario.test_key import key_draft
from tests.tui.command_line import rehearse


@pytest.mark.parametrize("form", [[], ["--markdown"]], ids=["terminal", "markdown"])
@pytest.mark.parametrize("name", catalogue())
def test_the_sheet_holds_the_whole_key(name: str, form: list[str]) -> None:
    """Every trap, clue, herring, hint, nudge, question, cause, prevention and debrief question is on it."""
    ended = rehearse("key", name, *form)
    assert (ended.code, ended.err) == (ExitCode.PASSED, "")
    sheet = _words(ended.out.replace("&lt;", "<").replace("&amp;", "&"))
    key = load(catalogue()[name]).key
    assert key is not None
    wanted = [
        *(one.says for block in (key.conclusions, key.clues, key.herrings, key.causes) for one in block.values()),
        *(one.says for one in key.preventions.values()),
        *(text for trap in key.traps for text in (trap.play, trap.tempting, trap.because)),
        *(text for hint in key.hints.values() for text in (hint.nudge, hint.direction, hint.command)),
        *(question.ask for question in key.questions.values()),
        *(nudge.say for nudge in key.nudges),
        *(f"{talk.minutes} min: {talk.ask}" for talk in key.debrief),
    ]
    assert [text for text in wanted if _words(text) not in sheet] == []


def _words(text: str) -> str:
    return " ".join(text.replace("·", " ").split())


def test_it_says_first_that_it_spoils() -> None:
    """Whoever opens the wrong window is warned before the first secret."""
    out = rehearse("key", "not-null-column").out
    assert out.index("SPOILER") < out.index("What really happened")
    assert rehearse("key", "not-null-column", "--json").data["spoiler"]


def test_programs_get_the_key_as_data() -> None:
    """One JSON object with the blocks of key.yaml; times say that they are milliseconds."""
    data = rehearse("key", "not-null-column", "--json").data
    assert data["par"] == {"resolved_by_ms": 25 * 60_000, "failed": 9000, "rows_lost": 0}
    assert [nudge["at_ms"] for nudge in data["nudges"]] == sorted(nudge["at_ms"] for nudge in data["nudges"])
    assert data["clues"]["tool-dropped-default"]["seen"][0]["what"] == "changelog"


def test_a_clue_of_some_incidents_says_of_which() -> None:
    """A facilitator knows whether the report is there today."""
    assert "(only when report_runs is 35m)" in _words(rehearse("key", "not-null-column").out)


def test_what_an_author_wrote_cannot_mark_up_the_page(tmp_path: Path) -> None:
    """In Markdown no text of a key becomes HTML."""
    copy = key_draft(tmp_path, ("says: The developer was careless.", "says: <script>alert(1)</script>"))
    assert "<script>" not in rehearse("key", copy, "--markdown").out


def test_without_a_key_there_is_no_sheet(tmp_path: Path) -> None:
    """The command says what is missing and where to read about it."""
    copy = draft(tmp_path)
    (copy / FILE).unlink()
    ended = rehearse("key", copy)
    assert (ended.code, ended.out) == (ExitCode.INVALID, "")
    assert "this scenario has no key.yaml" in ended.err
