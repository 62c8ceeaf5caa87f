"""The run itself as relations that a key's SQL may ask: its journal, and its counts."""

from collections.abc import Iterator, Mapping

from sim.clock import MINUTE, SECOND
from sim.facts import Asked, as_row
from sim.journal import canonical
from sim.session import Session
from sim.tables.tables import Shown

ENTRIES, MINUTES = "run_entries", "run_minutes"
_ENTRY = {"seq": "bigint", "at_s": "bigint", "fact": "text", "action": "text", "what": "text", "arguments": "text"}
_MINUTE = {"minute": "bigint", "endpoint": "text", "total": "bigint", "failed": "bigint", "harmed": "bigint"}
_NAMES = ("what", "job", "service", "session", "flag", "alert", "severity", "claim", "outcome", "stage")
"""Fields that say what a fact is about; the first that it has is its `what`."""
Row = tuple[str | None, ...]


def views(session: Session, sql: str) -> Mapping[str, Shown]:
    """Those of the two that a question names."""
    asked = sql.lower()
    shown = {}
    if ENTRIES in asked:
        shown[ENTRIES] = Shown(_ENTRY, tuple(_entries(session)))
    if MINUTES in asked:
        shown[MINUTES] = Shown(_MINUTE, tuple(_minutes(session)))
    return shown


def _entries(session: Session) -> Iterator[Row]:
    for entry in session.journal.entries:
        fact = entry.fact
        action = fact.action if isinstance(fact, Asked) else None
        arguments = canonical(fact.arguments) if isinstance(fact, Asked) else canonical(as_row(fact))
        what = next((str(getattr(fact, name)) for name in _NAMES if hasattr(fact, name)), None)
        yield str(entry.seq), str(entry.at_ms // SECOND), type(fact).__name__, action, what, arguments


def _minutes(session: Session) -> Iterator[Row]:
    end, step = session.now_ms // SECOND, MINUTE // SECOND
    for service in session.loaded.scenario.services.values():
        for name in service.endpoints:
            for start in range(0, end, step):
                tally = session.engine.traffic.tally(name, start, min(end, start + step))
                counts = (tally.total, tally.failed, tally.harmed)
                yield str(start // step), name, *(str(count) for count in counts)
