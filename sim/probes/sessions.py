"""Who is connected besides the application."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Open transactions and running statements, by session."""
    idle = [f"{name}: idle in transaction" for name in engine.world.sessions]
    busy = [f"{name}: running or waiting" for name in engine.world.running]
    return "\n".join(idle + busy) or "no sessions but the application's"
