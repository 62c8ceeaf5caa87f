"""What the replica answers."""

from sim.engine.engine import Engine


def read(engine: Engine, sql: str) -> str:
    """The rows of one SELECT, as text, at most two hundred."""
    listing = engine.rows.query(sql)
    shown = [["NULL" if cell is None else cell for cell in row] for row in listing.rows]
    lines = [" | ".join(listing.columns), *(" | ".join(row) for row in shown)]
    return "\n".join([*lines, f"({len(shown)} rows{', and more' if listing.more else ''})"])
