"""The plain front end on a terminal: time passes while nobody types, and a closed terminal loses nothing."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shape.tree import ROOT
from tests.tui.command_line import rehearse

PATIENCE_S = 120


class Terminal:
    """A program behind a pseudo-terminal, and what it has written."""

    def __init__(self, data: Path, *words: str) -> None:
        self._fd, theirs = pty.openpty()
        self.program = subprocess.Popen(
            [sys.executable, "-c", "from tui.cli import main; main()", "play", "--plain", *words],
            cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "REHEARSE_DATA": str(data), "TERM": "dumb"},
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def type(self, line: str) -> None:
        """A line and the key that ends it."""
        os.write(self._fd, f"{line}\n".encode())

    def until(self, text: str) -> str:
        """Wait until it has been written; what was written up to then."""
        ends = time.monotonic() + PATIENCE_S
        while text not in self.seen:
            assert time.monotonic() < ends, self.seen
            if select.select([self._fd], [], [], 1.0)[0]:
                self.seen += os.read(self._fd, 65_536).decode()
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def close(self) -> None:
        """Take the terminal away."""
        os.close(self._fd)
        self.program.wait(timeout=PATIENCE_S)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, "tutorial", "--speed", "60")
    yield terminal
    if terminal.program.poll() is None:
        terminal.close()


def test_news_comes_while_nobody_types_and_the_clock_can_stop(terminal: Terminal) -> None:
    """A second is a minute here; what one would hear of is said when it happens, and in no colour."""
    heard = terminal.until("deploy: shop v1.1")
    assert "T+00:00> " in heard
    terminal.type("pause")
    terminal.until("the clock stands still")
    terminal.type("status")
    assert "paused" in terminal.until("before the first deploy")
    terminal.type("go")
    terminal.until("the clock runs")
    heard += terminal.until("error budget burns 14.4 times too fast")
    terminal.type("quit")
    heard += terminal.until("goes on from here.")
    assert "\x1b" not in heard
    assert terminal.program.wait(timeout=PATIENCE_S) == 0


def test_a_terminal_that_is_gone_leaves_a_run_that_can_be_resumed(terminal: Terminal, tmp_path: Path) -> None:
    """Closed in the middle: the journal has what happened up to then."""
    terminal.until("deploy: shop v1.1")
    terminal.close()
    [part] = (tmp_path / "runs").iterdir()
    assert part.name.endswith(".jsonl.part")
    assert '"fact":"RolloutBegan"' in part.read_text(encoding="utf-8")
    assert rehearse("verify", part).code == 0
