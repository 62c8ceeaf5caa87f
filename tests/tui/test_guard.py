"""However a command ends: the code a shell is told, and the few lines people see."""

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from sim.errors import CheckFailed, ExitCode, InvalidInput, Mark, NotModelled, Problem, RehearsalError, ServerNeeded
from tests.shape.tree import ROOT
from tui.guard import guarded, write_report

PROBLEM = Problem(Mark("scenario.yaml", 14, 11), "unknown action 'rolback'", "did you mean 'roll_back'?")


def _raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


@pytest.fixture(autouse=True)
def _reports_go_to_a_folder_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            InvalidInput([PROBLEM]),
            2,
            "scenario.yaml:14:11: unknown action 'rolback'\n  hint: did you mean 'roll_back'?\n",
        ),
        (NotModelled("COPY is not modelled"), 2, "COPY is not modelled\n"),
        (ServerNeeded("install postgresql"), 2, "install postgresql\n"),
        (CheckFailed("expected resolved"), 1, "expected resolved\n"),
        (KeyboardInterrupt(), 130, "\ninterrupted\n"),
        (click.Abort(), 130, "\ninterrupted\n"),
        (click.UsageError("no such thing"), 2, "rehearse: no such thing\n"),
        (click.exceptions.Exit(0), 0, ""),
        (PermissionError(errno.EACCES, "Permission denied", "run.jsonl"), 2, "run.jsonl: Permission denied\n"),
        (OSError(errno.ENOSPC, "No space left on device", "run.csv"), 2, "run.csv: No space left on device\n"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_an_end_that_is_nobodys_bug(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Input, missing servers, failed checks and the user's own Ctrl-C: a sentence on stderr, nothing on stdout."""
    assert guarded(_raising(error), ["run"]) == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    "error",
    [KeyError("mix"), RehearsalError("seq 4 before seq 3"), OSError(errno.EIO, "input/output error"), RecursionError()],
    ids=lambda error: type(error).__name__,
)
def test_a_bug_is_a_sentence_and_a_report(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """Code 3, no traceback on the terminal; everything a developer needs stands in a file only its owner can read."""
    assert guarded(_raising(error), ["run", "not-null-column"]) == ExitCode.BUG
    out, said = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in said
    report = Path(re.search(r"report: (.*)", said)[1])  # type: ignore[index]
    text = report.read_text(encoding="utf-8")
    assert "rehearse run not-null-column" in text
    assert "Traceback" in text
    assert "duckdb" in text
    assert report.stat().st_mode & 0o077 == 0


def test_a_developer_sees_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """REHEARSE_DEBUG=1 brings it to the terminal."""
    monkeypatch.setenv("REHEARSE_DEBUG", "1")
    guarded(_raising(KeyError("mix")), [])
    assert "Traceback" in capsys.readouterr().err


def test_an_error_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Names from a hostile file come out visible in messages, too."""
    guarded(_raising(InvalidInput([Problem(Mark("\x1b[2J.yaml"), "\x9b31m", "")])), [])
    guarded(_raising(KeyError("\x1b]0;x\x07")), [])
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\x9b" not in said


def test_a_full_temporary_folder_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """When not even the report can be written, that is said, and the code is still 3."""
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    assert guarded(_raising(KeyError("mix")), []) == ExitCode.BUG
    assert "no report could be written" in capsys.readouterr().err


def test_reports_never_overwrite_each_other() -> None:
    """Two bugs, two files."""
    assert write_report(KeyError("a"), []) != write_report(KeyError("b"), [])


def _shell(command: str) -> subprocess.CompletedProcess[str]:
    script = (
        f"rehearse() {{ {sys.executable} -c 'from tui.cli import main; main()' \"$@\"; }}; set -o pipefail; {command}"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("command", ["rehearse list actions", "rehearse --help"])
def test_a_reader_that_leaves_is_no_error(command: str) -> None:
    """`rehearse … | true` is quiet, whenever the reader went, and the shell is told the usual code."""
    ended = _shell(f"{command} | true")
    assert ended.stderr == ""
    assert ended.returncode in (0, 128 + signal.SIGPIPE)


def test_another_broken_pipe_is_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    """Only stdout's own reader may leave; a worker's broken pipe is our bug and is said."""
    assert guarded(_raising(BrokenPipeError(errno.EPIPE, "Broken pipe")), []) == ExitCode.BUG
    assert "BrokenPipeError" in capsys.readouterr().err


def test_a_polite_kill_unwinds() -> None:
    """SIGTERM runs the clean-up on its way out: servers and workers are not left behind."""
    code = (
        "import os, signal\nfrom tui.guard import guarded\n"
        "def command():\n"
        "    try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "    finally: print('cleaned up')\n"
        "raise SystemExit(guarded(command, []))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGTERM, "cleaned up\n", "")
