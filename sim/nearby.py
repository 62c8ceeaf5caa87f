"""What happened around a moment of a run: the entries next to it, and how each endpoint fared minute by minute."""

from collections.abc import Iterator
from typing import Any

from sim.clock import MINUTE, SECOND, show
from sim.engine.engine import Engine
from sim.journal import Entry

ENTRIES, MINUTES, LONGEST = 6, 3, 160
_COMMON = ("RowsMoved", "InstancesReplaced", "Looked")


def around(engine: Engine, at_ms: int) -> Iterator[str]:
    """A few lines: what became true before and after, and the shares that failed in the minutes up to then."""
    told = [entry for entry in engine.journal.entries if type(entry.fact).__name__ not in _COMMON]
    before = [entry for entry in told if entry.at_ms <= at_ms][-ENTRIES:]
    after = [entry for entry in told if entry.at_ms > at_ms][: ENTRIES // 3]
    yield from map(_line, before)
    yield f"  {show(at_ms)}  ── here ──"
    for service in engine.world.scenario.services.values():
        for endpoint in service.endpoints:
            yield f"           {endpoint}: {_fared(engine, endpoint, at_ms)}"
    yield from map(_line, after)


def _fared(engine: Engine, endpoint: str, at_ms: int) -> str:
    engine.settle()
    minutes = []
    for back in range(MINUTES, 0, -1):
        start, stop = max(0, at_ms - back * MINUTE) // SECOND, max(0, at_ms - (back - 1) * MINUTE) // SECOND
        tally = engine.traffic.tally(endpoint, start, min(stop, engine.now_ms // SECOND))
        most = max(tally.errors, key=lambda name: tally.errors[name], default="")
        minutes.append(f"{tally.share:.2%}" + (f" {most}" if most else ""))
    return "failed " + ", then ".join(minutes) + " (the last minutes)"


def _line(entry: Entry) -> str:
    said = ", ".join(
        f"{name}: {_short(value)}" for name, value in entry.as_row().items() if name not in ("seq", "at_ms", "fact")
    )
    return f"  {show(entry.at_ms)}  {type(entry.fact).__name__} {said}"[:LONGEST]


def _short(value: Any) -> str:
    return " ".join(str(value).split())
