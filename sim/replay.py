"""A journal is played again and compared, entry by entry; nothing that it claims is believed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim import __version__
from sim.catalogue import make
from sim.clock import show
from sim.engine.assembly import fingerprint
from sim.errors import InvalidInput, Mark, Problem
from sim.facts import FACTS
from sim.journal import FORMAT, canonical
from sim.result import Result
from sim.scenario.load import find
from sim.session import Session

LINES_MAX = 200_000
BYTES_MAX = 64_000_000
_HEAD = {"scenario": str, "scenario_digest": str, "seed": int, "engine": str}


@dataclass(frozen=True)
class Recorded:
    """A journal as it stands in a file: its head, its entries, and its closing line if it was sealed."""

    path: Path
    head: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]
    tail: Mapping[str, Any] | None
    sealed_text: str


@dataclass(frozen=True)
class Difference:
    """The first place where a journal and its replay part."""

    where: Mark
    what: str
    recorded: Any = None
    replayed: Any = None

    def __str__(self) -> str:
        recorded, replayed = canonical(self.recorded), canonical(self.replayed)
        return f"{self.where}: {self.what}\n  in the file: {recorded}\n  replayed:    {replayed}"


def read_journal(path: Path, *, cut: bool = False) -> Recorded:
    """Read a journal file; anything that is not one is said with its line. One that was `cut` may end within a line."""
    lines = _lines(path, cut=cut)
    rows = [_row(path, number, line) for number, line in enumerate(lines, start=1)]
    head = rows[0]
    if head.get("journal") != FORMAT or any(type(head.get(key)) is not kind for key, kind in _HEAD.items()):
        raise _bad(
            path,
            1,
            "this is not the first line of a journal",
            f"journals of format {FORMAT} begin with scenario, seed and engine",
        )
    tail = rows[-1] if len(rows) > 1 and "seal" in rows[-1] else None
    entries = rows[1 : -1 if tail else None]
    for number, row in enumerate(entries, start=2):
        if row.get("fact") not in FACTS or type(row.get("at_ms")) is not int:
            raise _bad(path, number, "this line is no entry", "an entry has a known fact and a time in milliseconds")
    return Recorded(path, head, tuple(entries), tail, "".join(line + "\n" for line in lines[: len(rows) - bool(tail)]))


def _lines(path: Path, *, cut: bool) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput([Problem(Mark(str(path)), f"cannot be read: {error.strerror}")]) from None
    if len(data) > BYTES_MAX:
        raise _bad(path, 1, f"the file is larger than {BYTES_MAX} bytes")
    if cut:
        data = data[: data.rfind(b"\n") + 1]
    try:
        lines = data.decode().removesuffix("\n").split("\n") if data else []
    except UnicodeDecodeError:
        raise _bad(path, 1, "the file is not UTF-8") from None
    if not lines or len(lines) > LINES_MAX:
        raise _bad(path, 1, f"a journal has between 1 and {LINES_MAX} lines")
    return lines


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _bad(
            path,
            number,
            "this line is not JSON",
            "a journal that was cut off can be verified up to its last whole line",
        ) from None
    if not isinstance(row, dict):
        raise _bad(path, number, "this line is no JSON object")
    return row


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _bad(path: Path, line: int, what: str, hint: str = "") -> InvalidInput:
    return InvalidInput([Problem(Mark(str(path), line), what, hint)])


def replay(
    recorded: Recorded,
    folder: Path | None = None,
    until_ms: int | None = None,
    *,
    whole: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Session:
    """Play the decisions of a journal again, in the scenario and with the seed that it names.

    Time that somebody let pass ends with the journal, unless the last decision is to be carried out as a `whole`.
    """
    head = recorded.head
    about = {name: str(value) for name, value in head.items() if name not in (*_HEAD, "journal")}
    session = Session.open(folder or find(head["scenario"]), head["seed"], progress=progress, about=about)
    last = recorded.entries[-1]["at_ms"] if recorded.entries else 0
    stop = last if until_ms is None else min(until_ms, last)
    predicted: dict[str, Any] | None = None
    for number, row in enumerate(recorded.entries, start=2):
        if row["at_ms"] > stop:
            break
        if row["fact"] == "Predicted":
            predicted = {**row.get("effects", {}), "confidence": row.get("confidence", 50)}
        if row["fact"] == "Asked":
            if row["at_ms"] < session.now_ms:
                raise _bad(recorded.path, number, "this entry is earlier than the one before it")
            if not session.over:
                session.advance(row["at_ms"])
            try:
                action = make(str(row.get("action")), row.get("arguments", {}))
            except (ValueError, AttributeError, TypeError) as error:
                raise _bad(recorded.path, number, str(error)) from None
            session.act(action, predicted, until_ms=None if whole else stop)
            predicted = None
    session.advance(max(stop, session.now_ms))
    return session


def verify(path: Path, folder: Path | None = None) -> Difference | None:
    """The first entry in which a journal differs from its replay, or nothing."""
    recorded = read_journal(path)
    place = folder or find(recorded.head["scenario"])
    if (difference := foreign(recorded, place)) is not None:
        return difference
    with replay(recorded, place) as session:
        result = session.finish() if recorded.tail or session.over else None
        return _compare(recorded, session, result)


def foreign(recorded: Recorded, place: Path) -> Difference | None:
    """Why a journal is not one of this engine and this scenario; None if it is."""
    head, mark = recorded.head, Mark(str(recorded.path))
    if head["engine"] != __version__:
        return Difference(mark, "another engine wrote this journal", head["engine"], __version__)
    if head["scenario_digest"] != fingerprint(place):
        what = "the scenario is not the one that was played"
        return Difference(mark, what, head["scenario_digest"], fingerprint(place))
    return None


def _compare(recorded: Recorded, session: Session, result: Result | None) -> Difference | None:
    path, entries = recorded.path, session.journal.entries
    for number, (row, entry) in enumerate(zip(recorded.entries, entries, strict=False), start=2):
        replayed = json.loads(canonical(entry.essence()))
        shown = {name: value for name, value in row.items() if name not in entry.fact.shown_only}
        if shown != replayed:
            return Difference(
                Mark(str(path), number), f"entry {number - 2} at {show(entry.at_ms)} differs", shown, replayed
            )
    if recorded.tail is not None and len(recorded.entries) != len(entries):
        at = min(len(recorded.entries), len(entries))
        extra = recorded.entries[at] if at < len(recorded.entries) else None
        return Difference(
            Mark(str(path), at + 2),
            f"entry {at} is missing on one side",
            extra,
            None if extra else entries[at].essence(),
        )
    if recorded.tail is None or result is None:
        return None
    if recorded.tail.get("digest") != result.digest:
        return Difference(
            Mark(str(path), len(entries) + 2), "the digest differs", recorded.tail.get("digest"), result.digest
        )
    unsealed = {name: value for name, value in recorded.tail.items() if name != "seal"}
    seal = sha256((recorded.sealed_text + canonical(unsealed)).encode()).hexdigest()
    if recorded.tail["seal"] != seal:
        return Difference(
            Mark(str(path), len(entries) + 2), "the seal does not fit the lines before it", recorded.tail["seal"], seal
        )
    return None
