"""A kept query is asked once a minute, whoever looks at its chart."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.clock import MINUTE
from sim.errors import NotModelled
from sim.facts import WatchBegan, Watched

if TYPE_CHECKING:
    from sim.engine.engine import Engine


def keep_watch(engine: "Engine", began: WatchBegan) -> Generator[Any, Any, None]:
    """Ask now, and at each whole minute from now on."""
    while True:
        engine.become(_asked(engine, began))
        yield engine.env.timeout(MINUTE - engine.now_ms % MINUTE)


def _asked(engine: "Engine", began: WatchBegan) -> Watched:
    try:
        rows = engine.rows.query(began.sql).rows
    except NotModelled as gap:
        return Watched(called=began.called, value="", gap=str(gap))
    if len(rows) != 1 or len(rows[0]) != 1:
        return Watched(called=began.called, value="", gap="a query that is watched gives one row with one number")
    return Watched(called=began.called, value=rows[0][0] or "NULL")
