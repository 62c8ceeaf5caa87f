"""A run that was left, or whose program died, goes on: its decisions are carried out again, and its journal continues.

A decision counts once it is written down; what was to follow from the last one follows now, whole. A line that was
being written, a prediction without its action, and an end without its seal were not said yet.
"""

import json
from collections.abc import Callable
from pathlib import Path

from sim.errors import InvalidInput, Mark, Problem
from sim.journal import canonical
from sim.replay import Recorded, foreign, read_journal, replay
from sim.scenario.load import find
from sim.session import Session

_UNSAID = ("Predicted", "Ended")


def resume(path: Path, folder: Path | None = None, progress: Callable[[str], None] | None = None) -> Session:
    """The session as it was when the journal's last entry was written; from here on it writes that file again."""
    recorded = read_journal(path, cut=True)
    if recorded.tail is not None:
        raise _refused(path, "this run has ended, and its journal is sealed", "`rehearse verify` reads it again")
    place = folder or find(recorded.head["scenario"])
    if (difference := foreign(recorded, place)) is not None:
        raise _refused(path, difference.what, "it can be read, but not played on; start a new run")
    session = replay(recorded, place, whole=True, progress=progress)
    try:
        _compare(recorded, session)
        session.journal.keep_in(path)
    except BaseException:
        session.close()
        raise
    return session


def _compare(recorded: Recorded, session: Session) -> None:
    """What stands in the file must have come true again."""
    entries = session.journal.entries
    for number, row in enumerate(recorded.entries):
        entry = entries[number] if number < len(entries) else None
        shown = {} if entry is None else {name: row[name] for name in row if name not in entry.fact.shown_only}
        if entry is not None and shown == json.loads(canonical(entry.essence())):
            continue
        if row["fact"] in _UNSAID and number == len(recorded.entries) - 1:
            continue
        raise _refused(recorded.path, "carried out again, this entry comes out differently", line=number + 2)


def _refused(path: Path, what: str, hint: str = "", line: int = 1) -> InvalidInput:
    return InvalidInput([Problem(Mark(str(path), line), what, hint)])
