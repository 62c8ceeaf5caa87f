"""A play as somebody would type it, and a plain front end that types it."""

from collections.abc import Iterator
from pathlib import Path

from sim.clock import spell
from sim.play import Play
from tui.grammar import written
from tui.live import Live
from tui.plain import Plain
from tui.words import quoted


def script(play: Play) -> Iterator[str]:
    """The lines of a play: time passes only where it says so."""
    at_ms = -1
    for step in play.steps:
        if step.at_ms > at_ms:
            yield f"skip {spell(step.at_ms)}"
        at_ms = max(at_ms, step.at_ms)
        if step.predict:
            effects = {name: str(value) for name, value in step.predict.items()}
            more = " ".join(f"{name}={quoted(effects[name])}" for name in ("endpoint", "within") if name in effects)
            yield f"predict {effects['errors']} {effects.get('confidence', '50')} {more}".strip()
        yield written(step.action)


def typed(live: Live, lines: Iterator[str] | list[str], *, sure: bool = True) -> tuple[Plain, list[str]]:
    """The front end after these lines, and everything that it said."""
    said: list[str] = []
    plain = Plain(live, said.append, sure=sure)
    for line in lines:
        plain.typed(line)
    return plain, said


def cut(journal: Path, lines: int, half: bytes = b"") -> bytes:
    """The first lines of a journal, as a crash would leave them: perhaps with a part of the next."""
    return b"\n".join(journal.read_bytes().split(b"\n")[:lines]) + b"\n" + half
