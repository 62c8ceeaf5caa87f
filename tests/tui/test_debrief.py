"""`rehearse debrief`: what would have come of other decisions, for people and for programs."""

from pathlib import Path

import pytest

from sim.errors import ExitCode
from tests.tui.command_line import rehearse


@pytest.fixture(name="journal", scope="module")
def a_trap_that_was_kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("debrief") / "run.jsonl"
    rehearse("run", "ungated-flag", "--play", "trap-flag-off", "--journal", path)
    return path


def test_a_question_is_answered_beside_what_came(journal: Path) -> None:
    """Each option is a branch of its own; what the world refuses there is said."""
    asked = (
        "--what-if",
        "drop 1",
        "--what-if",
        "1: roll_back shop @ 9m ;; add: resolve @ 25m",
        "--what-if",
        "1: resolve",
    )
    shown, data = rehearse("debrief", journal, *asked), rehearse("debrief", journal, *asked, "--json").data
    assert shown.code == ExitCode.PASSED
    assert "as it was" in shown.out
    assert [branch["reached"]["outcome"] for branch in data["what_if"]] == ["timed_out", "resolved", "timed_out"]
    assert data["what_if"][1]["reached"]["hurt"] < data["reached"]["hurt"] / 4
    assert [one["action"] for one in data["decisions"]] == ["set_flag discount_codes 0"]


def test_a_question_that_does_not_fit_is_said(journal: Path) -> None:
    """With the nearest word, and as input that can be mended."""
    ended = rehearse("debrief", journal, "--what-if", "1: set_flagg discount_codes 0")
    assert ended.code == ExitCode.INVALID
    assert "did you mean 'set_flag'" in ended.err
    assert rehearse("debrief", journal, "--what-if", "drop 9").code == ExitCode.INVALID


def test_the_whole_debrief_judges_each_decision(journal: Path) -> None:
    """What it did, whether a better way was open, and how the ways back stood."""
    data = rehearse("debrief", journal, "--json").data
    assert [one["quality"] for one in data["regret"]["decisions"]] == ["harmful"]
    assert [one["safety"] for one in data["ways_back"]] == ["SAFE"]
    shown = rehearse("debrief", journal)
    assert "its own part" in shown.out
    assert "roll back shop to v2.3.0: SAFE" in shown.out


def test_documents_are_written_where_somebody_wants_them(journal: Path, tmp_path: Path) -> None:
    """A page and numbered logs; what cannot be written is said before anything is replayed."""
    logs = tmp_path / "rollback-rehearsals"
    for name in ("001.md", "002.md"):
        ended = rehearse("report", journal, "--format", "log", "--out", logs)
        assert (ended.code, ended.out) == (ExitCode.PASSED, "")
        assert (logs / name).read_text(encoding="utf-8").startswith(f"# Rehearsal {name[:3]}: ")
    page = tmp_path / "debrief.html"
    assert rehearse("report", journal, "--format", "html", "--out", page).code == ExitCode.PASSED
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert rehearse("report", journal, "--format", "html", "--out", tmp_path).code == ExitCode.INVALID
    assert rehearse("report", journal, "--format", "star", "--out", tmp_path / "no" / "x.md").code == ExitCode.INVALID


def test_a_debrief_ends_with_one_thing_to_revisit(journal: Path) -> None:
    """The same as lines, as Markdown and as data."""
    assert "one thing to revisit: decision 1." in rehearse("debrief", journal).out
    assert "## One thing to revisit" in rehearse("debrief", journal, "--format", "markdown").out
    assert rehearse("debrief", journal, "--json").data["revisit"]["number"] == 1


def test_an_archived_run_is_named_by_how_its_digest_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also before the index has it; a digest that nobody has is said."""
    monkeypatch.setenv("REHEARSE_DATA", str(tmp_path))
    digest = rehearse("run", "ungated-flag", "--play", "trap-flag-off", "--archive", tmp_path, "--json").data["digest"]
    answered = rehearse("debrief", digest[:6], "--what-if", "drop 1", "--json")
    assert [one["what_if"] for one in answered.data["what_if"]] == [["drop 1"]]
    other = "0" if digest[0] != "0" else "1"
    assert "no run in" in rehearse("debrief", other + digest[1:6]).err
    assert rehearse("debrief", "run.jsonl").code == ExitCode.INVALID
