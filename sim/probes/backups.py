"""What could be restored."""

from sim.clock import show
from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Each backup, the moment it holds, and its rows."""
    lines = []
    for name, as_of_ms in engine.world.backups.items():
        if as_of_ms is None:
            lines.append(f"{name}: is being taken")
        else:
            lines.append(f"{name}: as of {show(as_of_ms)}, {engine.rows.held(str(as_of_ms), as_of_ms):,} rows")
    return "\n".join(lines) or "no backups"
