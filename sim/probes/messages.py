"""What people wrote."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Every message so far."""
    return "\n".join(f"{sender}: {text}" for sender, text in engine.world.messages) or "no messages"
