"""What the registry's mutable tags mean."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import TagMoved


def read(engine: Engine) -> str:
    """Each tag, the release whose image it points at now, and when it was moved."""
    moved = {entry.fact.tag: entry.at_ms for entry in engine.journal.entries if isinstance(entry.fact, TagMoved)}
    lines = [
        f"{tag} → {release}" + (f", moved at {show(moved[tag])}" if tag in moved else "")
        for tag, release in engine.world.tags.items()
    ]
    return "\n".join(lines) or "no mutable tags: every image is named by its release"
