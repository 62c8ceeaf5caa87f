"""PostgreSQL's table locks: which modes exclude each other, and who waits behind whom."""

from collections.abc import Iterable, Sequence

from sim.scenario.model import LOCK_MODES
from sim.world import Lock

_EXCLUDES = {
    "AccessShareLock": 0b10000000,
    "RowShareLock": 0b11000000,
    "RowExclusiveLock": 0b11110000,
    "ShareUpdateExclusiveLock": 0b11111000,
    "ShareLock": 0b11101100,
    "ShareRowExclusiveLock": 0b11111100,
    "ExclusiveLock": 0b11111110,
    "AccessExclusiveLock": 0b11111111,
}


def conflict(one: str, other: str) -> bool:
    """Whether two sessions cannot hold these modes on one table at the same time."""
    return bool(_EXCLUDES[one] >> LOCK_MODES.index(other) & 1)


def waits_for(locks: Sequence[Lock], session: str, table: str, mode: str) -> tuple[Lock, ...]:
    """The locks of others that stand before this one: held ones, and queued ones that came earlier."""
    ahead: list[Lock] = []
    for lock in locks:
        if lock.session == session and lock.table == table and lock.mode == mode and not lock.held:
            break
        if lock.table == table and lock.session != session and conflict(lock.mode, mode):
            ahead.append(lock)
    return tuple(ahead)


def stalls(locks: Iterable[Lock], table: str, mode: str) -> bool:
    """Whether a statement that comes now must wait: the queue is first come, first served."""
    return any(lock.table == table and conflict(lock.mode, mode) for lock in locks)
