"""What somebody wrote down."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import Noted


def read(engine: Engine) -> str:
    """Every note so far, with its time."""
    entries = engine.journal.entries
    lines = [f"{show(entry.at_ms)} {entry.fact.text}" for entry in entries if isinstance(entry.fact, Noted)]
    return "\n".join(lines) or "no notes"
