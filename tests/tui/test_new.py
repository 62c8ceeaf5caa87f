"""`rehearse new`: a scenario to start from, sound before anybody touches it."""

import shutil
from pathlib import Path

import pytest

from sim.errors import ExitCode
from sim.scenario.load import load
from sim.scenario.scaffold import template
from tests.tui.command_line import Ended, rehearse


@pytest.fixture(name="made", scope="module")
def a_scenario_that_was_made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """The folder of a new scenario with a title full of YAML, and what the command said."""
    folder = tmp_path_factory.mktemp("mine")
    return folder / "cold-cache", rehearse("new", "cold-cache", "--at", folder, "--title", 'After: "the" cache # off')


def test_it_passes_check_at_once(made: tuple[Path, Ended]) -> None:
    """No edit, no problem, nothing missing: its clues are seen and its plays come out as they say."""
    folder, ended = made
    assert ended.code == ExitCode.PASSED
    checked = rehearse("check", folder, "--json")
    assert checked.code == ExitCode.PASSED, checked.out
    assert [answer["problems"] + answer["missing"] + answer["not_modelled"] for answer in checked.data] == [[]]


def test_it_needs_no_server(made: tuple[Path, Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its verdict book comes along, so that the first run works on any machine."""
    folder, _ = made
    monkeypatch.setenv("REHEARSE_POSTGRES", str(folder))
    assert rehearse("run", folder, "--play", "expert").code == ExitCode.PASSED


def test_every_part_is_there_and_carries_the_name(made: tuple[Path, Ended]) -> None:
    """The files that the command names are there, the name is everywhere, and the template's own nowhere."""
    folder, ended = made
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert [str(path) for path in files] == sorted(line for line in ended.out.splitlines() if line.startswith("/"))
    assert {path.relative_to(folder) for path in files} == {
        path.relative_to(template()) for path in template().rglob("*") if path.is_file()
    }
    assert not [path for path in files if "new-incident" in path.read_text(encoding="utf-8")]
    loaded = load(folder)
    assert (loaded.scenario.id, loaded.scenario.title) == ("cold-cache", 'After: "the" cache # off')
    assert loaded.briefing.startswith('# After: "the" cache # off\n')


def test_the_next_step_is_shown(made: tuple[Path, Ended]) -> None:
    """The last line is the command to type next."""
    folder, ended = made
    assert ended.out.splitlines()[-1] == f"next: rehearse check {folder}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["not-null-column"], "a scenario of this id comes along"),
        (["Cold Cache"], "use small letters, digits and -"),
        (["../cold"], "this is no id"),
        (["cold", "--at", "no-such-folder"], "there is no such folder"),
        (["cold", "--title", ""], "this is no title"),
        (["cold", "--title", "a\nb"], "this is no title"),
        (["cold", "--title", "\x1b[2J"], "this is no title"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, words: list[str], said: str
) -> None:
    """A name or a place that would not work is refused with the next step, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    ended = rehearse("new", *words)
    assert (ended.code, ended.out) == (ExitCode.INVALID, "")
    assert said in ended.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(made: tuple[Path, Ended]) -> None:
    """A second scenario of the same name is refused, and the first one stays."""
    folder, _ = made
    before = (folder / "scenario.yaml").read_bytes()
    ended = rehearse("new", "cold-cache", "--at", folder.parent)
    assert ended.code == ExitCode.INVALID
    assert "this exists already" in ended.err
    assert (folder / "scenario.yaml").read_bytes() == before


def test_without_a_title_the_id_serves() -> None:
    """A working title, until a better one comes to mind."""
    from sim.scenario.scaffold import title_of

    assert title_of("cold-cache") == "Cold cache"


def test_a_quick_check_carries_out_no_play(made: tuple[Path, Ended], tmp_path: Path) -> None:
    """A play that no longer comes out is found by a check, and not by a quick one; both look for the clues."""
    folder = tmp_path / "copy"
    shutil.copytree(made[0], folder)
    play = folder / "plays" / "do-nothing.yaml"
    play.write_text(play.read_text(encoding="utf-8").replace("outcome: timed_out", "outcome: resolved"))
    key = folder / "key.yaml"
    key.write_text(key.read_text(encoding="utf-8").replace("find: .trim()", "find: .strip()"))
    quick, full = rehearse("check", folder, "--quick"), rehearse("check", folder)
    assert quick.code == full.code == ExitCode.FAILED
    assert [".strip()" in ended.out for ended in (quick, full)] == [True, True]
    assert [f"{play}:4:1: with seed 1 outcome: expected resolved" in ended.out for ended in (quick, full)] == [
        False,
        True,
    ]
