"""What the replica answers."""

from sim.actions.query import Query
from sim.engine.engine import Engine


def read(engine: Engine, action: Query) -> str:
    """The rows of one SELECT, as text, at most two hundred."""
    listing = engine.rows.query(action.sql)
    shown = [["NULL" if cell is None else cell for cell in row] for row in listing.rows]
    lines = [" | ".join(listing.columns), *(" | ".join(row) for row in shown)]
    return "\n".join([*lines, f"({len(shown)} rows{', and more' if listing.more else ''})"])
