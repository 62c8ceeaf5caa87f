"""What pages."""

from sim.clock import show
from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """The alerts that fire now, and which of them somebody has silenced."""
    silent = {name: until_ms for name, until_ms in engine.world.silenced.items() if until_ms > engine.now_ms}
    return (
        "\n".join(
            f"{name} (silenced until {show(silent[name])})" if name in silent else name for name in engine.world.alerts
        )
        or "no alert fires"
    )
