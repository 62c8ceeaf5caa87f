"""Who holds what, and who waits behind whom."""

from sim.engine.engine import Engine
from sim.locks import waits_for


def read(engine: Engine) -> str:
    """Table locks that are held or queued for; waiting sessions with those they wait for."""
    locks, lines = engine.world.locks, []
    for lock in locks:
        behind = ", ".join(
            dict.fromkeys(ahead.session for ahead in waits_for(locks, lock.session, lock.table, lock.mode))
        )
        state = "holds" if lock.held else f"waits (behind {behind}) for"
        lines.append(f"{lock.session} {state} {lock.mode} on {lock.table}")
    return "\n".join(lines) or "no locks but those of ordinary traffic"
