"""In a real terminal: what is sent to it, and how it is left."""

import os
import signal
from pathlib import Path

import pytest

from bench.console import Terminal, console
from sim.catalogue import make
from sim.scenario.load import find
from sim.session import Session

CLEAN = (b"\x1b[?1049l", b"\x1b[?25h")
"""The screen from before is back, and so is the cursor."""


def _left_clean(terminal: Terminal) -> bool:
    end = terminal.seen[terminal.seen.rfind(b"\x1b[?1049h") :]
    return all(sequence in end for sequence in CLEAN)


def _in_the_room(tmp_path: Path, before: str = "", arguments: str = "'tutorial', seed=7") -> Terminal:
    terminal = Terminal(before + console(arguments), str(tmp_path), (80, 24))
    terminal.until(b"the clock starts")
    terminal.type(b"\r")
    terminal.until(b"LIVE")
    return terminal


def test_quit_asks_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    """Escape never leaves; q asks first, and the run that was left can be resumed."""
    terminal = _in_the_room(tmp_path)
    terminal.type(b"\x1b\x1b")
    terminal.read(0.5)
    assert os.waitpid(terminal.pid, os.WNOHANG) == (0, 0)
    terminal.type(b"q")
    terminal.until(b"Leave?")
    terminal.type(b"quit\r")
    assert terminal.wait() == 0
    assert _left_clean(terminal)
    assert [one.suffix for one in (tmp_path / "runs").iterdir()] == [".part"]


def test_a_polite_kill_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    """SIGTERM ends it with the code that shells expect, and whole lines in the journal."""
    terminal = _in_the_room(tmp_path)
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert _left_clean(terminal)
    (journal,) = (tmp_path / "runs").iterdir()
    assert journal.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("where", ["tui.views.truth.truth_bar", "tui.views.observer.Observer.frame"])
def test_a_crash_leaves_the_terminal_as_it_was(tmp_path: Path, where: str) -> None:
    """A bug of ours, on the screen or in the worker: the terminal is in order, and the error comes out above."""
    module, _, name = where.rpartition(".")
    owner = module if module != "tui.views.observer.Observer" else "tui.views.observer"
    target = "sys.modules[owner]" if owner == module else "sys.modules[owner].Observer"
    before = (
        f"import sys, importlib; owner = {owner!r}; importlib.import_module(owner)\n"
        f"def broken(*args, **named): raise RuntimeError('broken on purpose')\n"
        f"{target}.{name} = broken\n"
    )
    terminal = Terminal(before + console("'tutorial', seed=7"), str(tmp_path), (80, 24))
    terminal.until(b"the clock starts")
    terminal.type(b"\r")
    assert terminal.wait() == 1
    assert _left_clean(terminal)
    assert b"broken on purpose" in terminal.seen


@pytest.mark.parametrize(
    ("name", "value"), [("NO_COLOR", "1"), ("TERM", "linux"), ("TERM", "dumb"), ("PYTHONIOENCODING", "ascii")]
)
def test_poor_terminals_are_enough(tmp_path: Path, name: str, value: str) -> None:
    """Without colour, without braille, without UTF-8: the room comes up, and a key changes the panel."""
    before = f"import os; os.environ[{name!r}] = {value!r}\n"
    terminal = Terminal(before + console("'tutorial', seed=7"), str(tmp_path), (80, 24))
    terminal.until(b"the clock starts")
    terminal.type(b"\r")
    terminal.until(b"LIVE")
    terminal.type(b"3")
    terminal.until(b"[3]Timeline")
    terminal.end()
    assert _left_clean(terminal)


def test_no_control_byte_of_the_data_reaches_the_terminal(tmp_path: Path) -> None:
    """A journal that somebody else wrote brings escape sequences along; they are shown by name, and none is sent."""
    file = tmp_path / "evil.jsonl.part"
    with Session.open(find("tutorial"), 7, file, about={"mode": "drill"}) as session:
        session.advance(session.loaded.scenario.clock.handover)
        session.act(make("note", {"text": "\x1b]0;owned\x07 \x9b31m red"}))
        session.act(make("post_update", {"text": "\x1b[2J gone"}))
    terminal = _in_the_room(tmp_path, arguments=f"None, resume={str(file)!r}")
    terminal.type(b"7")
    terminal.until("␛]0;owned␇".encode())
    terminal.type(b"3")
    terminal.until("␛[2J gone".encode())
    terminal.end()
    assert b"\x1b]0;owned" not in terminal.seen
    assert b"\x1b[2J gone" not in terminal.seen
    assert b"owned\x07" not in terminal.seen
    assert b"\xc2\x9b" not in terminal.seen
