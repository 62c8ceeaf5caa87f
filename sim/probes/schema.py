"""The tables as they are now."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Every statement that made the schema what it is, in order."""
    made = [spec.ddl.strip() for spec in engine.world.scenario.database.tables.values()]
    since = [statement for statements, _ in engine.world.schema for statement in statements]
    return "\n".join([*made, *(f"since: {statement}" for statement in since)]) or "this system has no database"
