"""What pages."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """The alerts that fire now."""
    return "\n".join(engine.world.alerts) or "no alert fires"
