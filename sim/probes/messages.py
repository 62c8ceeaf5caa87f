"""What people wrote."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import MessageArrived


def read(engine: Engine) -> str:
    """Every message so far: when, from whom, and what."""
    people = engine.world.scenario.people
    lines = []
    for entry in engine.journal.entries:
        if isinstance(entry.fact, MessageArrived):
            sender = entry.fact.sender
            role = f" ({people[sender].role})" if sender in people and people[sender].role else ""
            lines.append(f"{show(entry.at_ms)} {sender}{role}: {entry.fact.text}")
    return "\n".join(lines) or "no messages"
