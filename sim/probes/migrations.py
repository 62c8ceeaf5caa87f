"""Which migrations ran."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Each known migration and its state."""
    known = engine.world.scenario.database.migrations
    return "\n".join(f"{name}: {engine.world.migrations.get(name, 'not applied')}" for name in known) or "no migrations"
