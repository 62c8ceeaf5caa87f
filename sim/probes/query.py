"""What the replica answers."""

from sim.actions.query import Query
from sim.clock import spell
from sim.engine.engine import Engine


def read(engine: Engine, action: Query) -> str:
    """The rows of one SELECT, as text, at most two hundred."""
    listing = engine.rows.query(action.sql)
    shown = [["NULL" if cell is None else cell for cell in row] for row in listing.rows]
    lines = [" | ".join(listing.columns), *(" | ".join(row) for row in shown)]
    late = f"; the replica is {spell(engine.rows.lag_ms)} behind" if engine.rows.lag_ms else ""
    return "\n".join([*lines, f"({len(shown)} rows{', and more' if listing.more else ''}{late})"])
