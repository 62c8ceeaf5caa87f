"""Reads lines for the plain front end: from a pipe as they come, on a terminal while the clock runs."""

import os
import select
import sys
import time

from sim.clock import show
from sim.errors import ExitCode
from sim.scenario.load import find
from tui.live import SPEED, Live, Mode, meant
from tui.output import narrate, progress, say, say_json
from tui.plain import Plain

EVERY_S = 0.25


def started(scenario: str, seed: int, mode: str, speed: float | None) -> Live:
    """A new run; in a pipe its clock stands still between lines."""
    with progress() as tell:
        return Live.start(scenario, seed, mode=Mode(mode), speed=_pace(speed), now=time.monotonic(), progress=tell)


def resumed(run: str, scenario: str | None, speed: float | None) -> Live:
    """A run that was left; `scenario` says where its scenario is, if it did not come along."""
    folder = None if scenario is None else find(scenario)
    with progress() as tell:
        return Live.resume(meant(run), folder=folder, speed=_pace(speed), now=time.monotonic(), progress=tell)


def _pace(speed: float | None) -> float:
    return (SPEED if speed is None else speed) if sys.stdin.isatty() else 0.0


def play(live: Live, *, again: bool, sure: bool, as_json: bool) -> int:
    """Play to the end, or until somebody leaves."""
    with live:
        plain = Plain(live, narrate if as_json else _said, sure=sure)
        plain.begin(again=again)
        _on_a_terminal(plain) if sys.stdin.isatty() else _from_a_pipe(plain)
        if not plain.finished and not plain.left:
            plain.typed("finish" if live.over else "quit")
        if as_json:
            result = None if plain.left else live.finish().as_json()
            say_json({"journal": live.path, "at_ms": live.now_ms, "finished": plain.finished, "result": result})
        elif sys.stdin.isatty() and plain.finished and live.path is not None:
            _said(f"Its journal is {live.path}; `rehearse verify` and `rehearse explain` read it.")
    return ExitCode.PASSED


def _said(text: str) -> None:
    say(text)
    sys.stdout.flush()


def _from_a_pipe(plain: Plain) -> None:
    """Line by line; each is said again before its answer, so that what comes out can be read."""
    for line in sys.stdin:
        plain.say(f"{show(plain.live.now_ms)}> {line.rstrip()}")
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
