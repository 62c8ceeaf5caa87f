"""A run with a clock: how time passes, what the modes allow, and that a run that was left goes on bit for bit."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.actions.hint import Hint
from sim.actions.look import Look
from sim.actions.roll_back import RollBack
from sim.catalogue import make
from sim.clock import MINUTE, SECOND
from sim.errors import InvalidInput
from sim.facts import Asked, Predicted
from sim.replay import verify
from sim.result import Result
from tests.shape.tree import ROOT
from tests.tui.command_line import rehearse
from tests.tui.scripts import cut, typed
from tests.worlds import story
from tui.grammar import parse
from tui.live import PART, Live, Mode, NotNow, meant, runs, unfinished

LINES = [
    "skip 2m30s", "metrics", "note vouchers?", 'predict down 95 endpoint="POST /orders" within=2m',
    "roll_back shop to v1.0", "wait 1m", "hypothesis the voucher check",
    "post_update claim=identified We are rolling back.", "wait 90s", "resolve",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_runs_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a data folder of its own."""
    monkeypatch.setenv("REHEARSE_DATA", str(tmp_path / "data"))


@pytest.fixture
def live() -> Iterator[Live]:
    """A drill of the tutorial that nobody has touched."""
    with story("tutorial") as now:
        yield Live(now.session, speed=6)


def test_time_passes_as_outside_times_the_speed(live: Live) -> None:
    """A quarter of a second at six is a second and a half, and no millisecond is lost between ticks."""
    for tick in range(1, 41):
        live.tick(tick * 0.25)
    assert live.now_ms == 60 * SECOND
    live.at_speed(60)
    live.tick(10.5)
    assert live.now_ms == 90 * SECOND


def test_a_front_end_that_is_late_makes_the_simulation_late(live: Live) -> None:
    """A terminal that hung for an hour has lost a second of it, not the incident."""
    live.tick(3_600.0)
    assert live.now_ms == 6 * SECOND


def test_a_drill_can_be_paused_and_an_exam_cannot() -> None:
    """What each mode allows of the clock, and of hints."""
    with story("tutorial") as now:
        drill = Live(now.session)
        drill.pause()
        drill.tick(1.0)
        assert drill.now_ms == 0
        drill.go()
        drill.tick(2.0)
        assert drill.now_ms == 6 * SECOND
    with story("tutorial") as now:
        exam = Live(now.session, mode=Mode.EXAM)
        for forbidden in (exam.pause, lambda: exam.at_speed(1), lambda: exam.do(Hint())):
            with pytest.raises(NotNow):
                forbidden()
        exam.tick(1.0)
        assert exam.now_ms == 6 * SECOND


def test_a_prediction_goes_with_the_next_action_that_moves_something(live: Live) -> None:
    """Not with a look, a refusal or an update; and an endpoint that is not there is said at once."""
    with pytest.raises(NotNow, match="did you mean 'POST /orders'"):
        live.predict({"errors": "down", "endpoint": "POST /order"})
    live.predict({"errors": "down", "confidence": "80"})
    live.do(Look(what="metrics"))
    live.do(make("declare", {"severity": "SEV1"}))
    live.wait(3 * MINUTE)
    live.do(RollBack(service="shop", to="v1.0"))
    facts = [entry.fact for entry in live.session.journal.entries]
    at = next(number for number, fact in enumerate(facts) if isinstance(fact, Predicted))
    assert isinstance(asked := facts[at + 1], Asked)
    assert asked.action == "roll_back"
    assert live.expected is None


def test_what_is_new_is_told_once(live: Live) -> None:
    """Each entry of the journal, in its order."""
    live.wait(2 * MINUTE)
    assert live.untold == live.fresh() == tuple(live.session.journal.entries)
    assert live.fresh() == ()


def _whole() -> tuple[Path, Result]:
    with Live.start("tutorial", 7) as live:
        typed(live, LINES)
        live.to_the_end()
        result = live.finish()
    assert live.path is not None
    return live.path, result


def _left(asked: int) -> list[str]:
    """The lines that are still to be typed after so many decisions; a prediction goes with the line after it."""
    at = 0
    while asked:
        asked -= not LINES[at].startswith("predict")
        at += 1
    return LINES[at:]


def test_a_run_can_be_cut_off_anywhere_and_goes_on_bit_for_bit(tmp_path: Path) -> None:
    """After every entry, also within the next line: resumed and played on, it seals the same journal."""
    journal, whole = _whole()
    assert whole.outcome == "resolved"
    assert verify(journal) is None
    part = runs() / f"cut.jsonl{PART}"
    for lines in range(1, len(journal.read_bytes().split(b"\n")) - 1):
        part.write_bytes(cut(journal, lines, half=b'{"action' if lines % 2 else b""))
        with Live.resume(part) as live:
            typed(live, _left(sum(isinstance(entry.fact, Asked) for entry in live.session.journal.entries)))
            live.to_the_end()
            again = live.finish()
        assert (again.digest, again.seal) == (whole.digest, whole.seal), lines
        assert live.path is not None
        assert live.path.read_bytes() == journal.read_bytes()
        live.path.unlink()


def test_a_run_keeps_its_mode_and_its_answers(tmp_path: Path) -> None:
    """An exam is an exam when it goes on, and questions are answered after the end as before it."""
    with Live.start("tutorial", 7, mode=Mode.EXAM) as live:
        live.to_the_end()
        typed(live, ["answer which pr-12"])
        path = live.path
    assert path is not None
    assert unfinished() == [path]
    with Live.resume(meant("tutorial")) as live:
        assert live.mode is Mode.EXAM
        assert live.over
        typed(live, ["answer why-safe no-migration"])
        result = live.finish()
    assert unfinished() == []
    assert live.path is not None
    assert verify(live.path) is None
    assert result.outcome == "timed_out"


def test_what_cannot_be_resumed_says_why() -> None:
    """A sealed run, one that another engine wrote, one that was tampered with, and one that is not there."""
    journal, _ = _whole()
    with pytest.raises(InvalidInput, match="its journal is sealed"):
        Live.resume(journal)
    part = runs() / f"other.jsonl{PART}"
    part.write_bytes(cut(journal, 12).replace(b'"engine":"', b'"engine":"0.0.', 1))
    with pytest.raises(InvalidInput, match="another engine wrote this journal"):
        Live.resume(part)
    part.write_bytes(cut(journal, 12).replace(b'"service":"shop"', b'"service":"shoq"', 1))
    with pytest.raises(InvalidInput, match="comes out differently"):
        Live.resume(part)
    part.write_bytes(cut(journal, 12))
    with pytest.raises(InvalidInput, match=r"did you mean 'other'|these can: other"):
        meant("othr")


def _front_end(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from tui.cli import main; main()", "play", "--plain", *words],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_a_program_that_is_killed_has_lost_nothing() -> None:
    """Half of the lines, SIGKILL, the other half in a new program: the digest of the whole."""
    _, whole = _whole()
    first = _front_end("tutorial", "--seed", "7", "--yes")
    assert first.stdin is not None
    assert first.stdout is not None
    for line in LINES[:5]:
        first.stdin.write(f"{line}\n")
    first.stdin.flush()
    while not first.stdout.readline().startswith("done: roll_back"):
        assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdin.close()
    first.stdout.close()
    second = _front_end("--resume", "tutorial")
    out, _ = second.communicate("\n".join([*LINES[5:], "finish", "finish"]) + "\n", timeout=120)
    assert second.returncode == 0
    assert f"digest {whole.digest}" in out


def test_a_run_is_played_in_one_place_at_a_time() -> None:
    """Two programs would write one journal."""
    first = _front_end("tutorial")
    assert first.stdin is not None
    assert first.stdout is not None
    while not first.stdout.readline().startswith("It is T+00:00"):
        assert first.poll() is None
    ended = rehearse("play", "--plain", "--resume")
    assert ended.code == 2
    assert "this run is being played just now" in ended.err
    first.communicate("quit\n", timeout=60)
    assert parse("quit") is not None
