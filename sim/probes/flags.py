"""The flags."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Each flag and the percentage of requests it is on for."""
    return "\n".join(f"{name}: {percent} %" for name, percent in engine.world.flags.items()) or "no flags"
