"""How things stand with people: how bad it is said to be, what was said of it, and the calendar."""

from datetime import datetime, timedelta

from sim.clock import on_the_wall, show, spell
from sim.engine.engine import Engine
from sim.facts import Announced, Claimed, Posted

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read(engine: Engine) -> str:
    """The clock and the wall, the declared severity, and every update, announcement and claim so far."""
    world, clock = engine.world, engine.world.scenario.clock
    wall = datetime.fromisoformat(clock.starts) + timedelta(milliseconds=on_the_wall(engine.now_ms, clock.jumps))
    lines = [
        f"{show(engine.now_ms)} of {spell(clock.limit)}",
        f"on the wall it is {_DAYS[wall.weekday()]}, {wall:%Y-%m-%d %H:%M}",
        f"severity: {world.severity or 'not declared'}",
        f"paged: {', '.join(world.paged) or 'nobody'}",
    ]
    for entry in engine.journal.entries:
        match entry.fact:
            case Posted(text=text, claim=claim):
                lines.append(f"{show(entry.at_ms)} update{f' ({claim})' if claim else ''}: {text}")
            case Announced(what=what, text=text):
                lines.append(f"{show(entry.at_ms)} {what.replace('_', ' ')}: {text}")
            case Claimed():
                lines.append(f"{show(entry.at_ms)} claimed to be over")
            case _:
                pass
    return "\n".join(lines)
