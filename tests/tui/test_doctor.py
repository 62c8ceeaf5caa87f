"""The doctor's findings."""

from dataclasses import replace
from pathlib import Path

import pytest

from tui import doctor
from tui.commands.doctor import lines


@pytest.fixture(name="sound", scope="module")
def a_machine_that_was_looked_at() -> doctor.Health:
    """This machine, with a server that was really started, or the reason why not."""
    return doctor.examine()


def test_what_is_installed_is_named(sound: doctor.Health) -> None:
    """Every library that a run rests on is listed with its version."""
    assert [name for name, version in sound.libraries.items() if not version] == []


def test_a_server_is_started_to_see_whether_it_starts(sound: doctor.Health) -> None:
    """Either PostgreSQL has a version, a place and a starting time, or the trouble says what to install."""
    if sound.postgres.trouble is None:
        assert sound.postgres.version
        assert sound.postgres.starts_in_ms is not None
    else:
        assert "install" in sound.postgres.trouble


def test_no_server_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch, sound: doctor.Health) -> None:
    """A folder without PostgreSQL in it wants attention, and the advice is on the screen."""
    monkeypatch.setenv("REHEARSE_POSTGRES", "/nonexistent/bin")
    found = replace(sound, postgres=doctor.postgres())
    assert found.attention
    assert [line for line in lines(found) if line.startswith("needs attention:") and "install" in line]


def test_a_folder_that_cannot_be_made_wants_attention(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sound: doctor.Health
) -> None:
    """A cache below an ordinary file cannot be written to, and is named."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found = replace(sound, folders=(doctor.folder("cache", "XDG_CACHE_HOME", ".cache"),))
    assert f"{tmp_path}/file/rollback-rehearsal cannot be written to" in found.attention


@pytest.mark.parametrize(
    ("variables", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["colour", "NO_COLOR", "dumb"],
)
def test_colour_is_what_terminal_and_user_allow(
    variables: dict[str, str], colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR and a dumb terminal are respected."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for name, value in {"TERM": "xterm-256color", **variables}.items():
        monkeypatch.setenv(name, value)
    assert doctor.terminal().colour is colour
