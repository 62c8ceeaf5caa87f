"""Reads lines for the plain front end: from a pipe as they come, on a terminal while the clock runs."""

import os
import select
import sys
import time
from pathlib import Path

from sim.clock import show
from sim.errors import ExitCode
from tui.live import SPEED, Live, Mode
from tui.output import progress, say
from tui.plain import Plain

EVERY_S = 0.25


def play(scenario: str | None, path: Path | None, *, mode: str, speed: float | None, seed: int, sure: bool) -> int:
    """Play to the end, or until somebody leaves."""
    terminal = sys.stdin.isatty()
    pace = (SPEED if speed is None else speed) if terminal else 0.0
    with progress() as tell:
        if path is not None:
            folder = None if scenario is None else _place(scenario)
            live = Live.resume(path, folder=folder, speed=pace, now=time.monotonic(), progress=tell)
        else:
            named, how = scenario or "", Mode(mode)
            live = Live.start(named, seed, mode=how, speed=pace, now=time.monotonic(), progress=tell)
    with live:
        plain = Plain(live, _said, sure=sure)
        plain.begin(again=path is not None)
        _on_a_terminal(plain) if terminal else _from_a_pipe(plain)
        if not plain.finished and not plain.left:
            plain.typed("finish" if live.over else "quit")
    return ExitCode.PASSED


def _place(scenario: str) -> Path:
    from sim.scenario.load import find

    return find(scenario)


def _said(text: str) -> None:
    say(text)
    sys.stdout.flush()


def _from_a_pipe(plain: Plain) -> None:
    """Line by line; each is said again before its answer, so that what comes out can be read."""
    for line in sys.stdin:
        _said(f"{show(plain.live.now_ms)}> {line.rstrip()}")
        plain.typed(line.rstrip("\n"))
        if plain.finished or plain.left:
            return


def _on_a_terminal(plain: Plain) -> None:
    """While nobody types, time passes; whatever one would hear of is said when it happens."""
    begun = b""
    _prompt(plain)
    while not plain.finished and not plain.left:
        ready, _, _ = select.select([sys.stdin.fileno()], [], [], EVERY_S)
        plain.live.tick(time.monotonic())
        if not ready:
            _interrupted(plain)
            continue
        if not (read := os.read(sys.stdin.fileno(), 65_536)):
            return
        *lines, begun = (begun + read).split(b"\n")
        for line in lines:
            plain.typed(line.decode(errors="replace"))
            if plain.finished or plain.left:
                return
        if lines:
            _prompt(plain)


def _interrupted(plain: Plain) -> None:
    """News between two lines begin a line of their own, and the prompt comes again."""
    if plain.has_news:
        sys.stdout.write("\n")
        plain.news()
        _prompt(plain)


def _prompt(plain: Plain) -> None:
    sys.stdout.write(f"{show(plain.live.now_ms)}> ")
    sys.stdout.flush()
