"""A journal is played again and compared, entry by entry; nothing that it claims is believed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim import __version__
from sim.actions.base import Action
from sim.catalogue import make
from sim.clock import show
from sim.engine.assembly import fingerprint
from sim.errors import InvalidInput, Mark, Problem
from sim.facts import FACTS
from sim.journal import FORMAT, Entry, canonical
from sim.result import Result
from sim.scenario.load import find
from sim.session import Session

LINES_MAX = 200_000
BYTES_MAX = 64_000_000
_FIRST = 2
"""The line of the first entry."""
_HEAD = {"scenario": str, "scenario_digest": str, "seed": int, "engine": str}


@dataclass(frozen=True)
class Recorded:
    """A journal as it stands in a file: its head, its entries, and its closing line if it was sealed."""

    path: Path
    head: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]
    tail: Mapping[str, Any] | None
    sealed_text: str

    @property
    def ended_ms(self) -> int:
        """How far it goes."""
        return int(self.entries[-1]["at_ms"]) if self.entries else 0


@dataclass(frozen=True)
class Act:
    """Something that somebody asked for: when, what, and what they foretold of it.

    `seq` is the first entry that tells of it; one that nobody asked for has none.
    """

    at_ms: int
    action: Action
    predict: Mapping[str, Any] | None = None
    seq: int | None = None


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
    for number, row in enumerate(entries, start=_FIRST):
        if str(row.get("fact")) not in FACTS or type(row.get("at_ms")) is not int:
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


def acts(recorded: Recorded) -> tuple[Act, ...]:
    """Everything that somebody asked for, looks included, in its order."""
    found: list[Act] = []
    foretold: tuple[int, dict[str, Any]] | None = None
    before_ms = 0
    for seq, row in enumerate(recorded.entries):
        if row["at_ms"] < before_ms:
            raise _bad(recorded.path, seq + _FIRST, "this entry is earlier than the one before it")
        before_ms = row["at_ms"]
        try:
            if row["fact"] == "Predicted":
                foretold = (seq, {**row.get("effects", {}), "confidence": int(row.get("confidence", 50))})
            elif row["fact"] == "Asked":
                action = make(str(row.get("action")), row.get("arguments", {}))
                first, predict = foretold or (seq, None)
                found.append(Act(row["at_ms"], action, predict, first))
                foretold = None
        except (ValueError, AttributeError, TypeError) as error:
            raise _bad(recorded.path, seq + _FIRST, str(error)) from None
    return tuple(found)


def perform(session: Session, acts: Sequence[Act], stop_ms: int, *, whole: bool = False) -> None:
    """Do all this in a session, each at its time, and let time pass up to a moment.

    An act that lets time pass lets it pass up to the next one at most; the last up to that moment, or as a `whole`.
    """
    acts = [act for act in acts if act.at_ms <= stop_ms]
    until_ms = [*(act.at_ms for act in acts[1:]), session.limit_ms if whole else stop_ms]
    for act, next_ms in zip(acts, until_ms, strict=False):
        if not session.over:
            session.advance(max(act.at_ms, session.now_ms))
        session.act(act.action, dict(act.predict) if act.predict else None, until_ms=next_ms)
    session.advance(max(stop_ms, session.now_ms))


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
    head, asked, last = recorded.head, acts(recorded), recorded.ended_ms
    about = {name: str(value) for name, value in head.items() if name not in (*_HEAD, "journal")}
    session = Session.open(folder or find(head["scenario"]), head["seed"], progress=progress, about=about)
    perform(session, asked, last if until_ms is None else min(until_ms, last), whole=whole)
    return session


def verify(path: Path, folder: Path | None = None) -> Difference | None:
    """The first entry in which a journal differs from its replay, or nothing."""
    recorded = read_journal(path)
    place = folder or find(recorded.head["scenario"])
    if (difference := foreign(recorded, place)) is not None:
        return difference
    try:
        acts(recorded)
    except InvalidInput as impossible:
        return _up_to(recorded, impossible.problems[0], place)
    return _replayed(recorded, place)


def _replayed(recorded: Recorded, place: Path) -> Difference | None:
    with replay(recorded, place) as session:
        result = session.finish() if recorded.tail or session.over else None
        return compare(recorded, session, result)


def foreign(recorded: Recorded, place: Path) -> Difference | None:
    """Why a journal is not one of this engine and this scenario; None if it is."""
    head, mark = recorded.head, Mark(str(recorded.path))
    if head["engine"] != __version__:
        return Difference(mark, "another engine wrote this journal", head["engine"], __version__)
    if head["scenario_digest"] != fingerprint(place):
        what = "the scenario is not the one that was played"
        return Difference(mark, what, head["scenario_digest"], fingerprint(place))
    return None


def _up_to(recorded: Recorded, impossible: Problem, place: Path) -> Difference:
    """The first difference of a journal with an entry that no run can have: something before it, or that entry."""
    at = impossible.where.line - _FIRST
    before = replace(recorded, entries=recorded.entries[:at], tail=None)
    return _replayed(before, place) or Difference(impossible.where, impossible.what, recorded.entries[at])


def compare(recorded: Recorded, session: Session, result: Result | None) -> Difference | None:
    """The first place where a journal and the run that was made of it part; the end counts where it is sealed."""
    entries = session.journal.entries
    for number, (row, entry) in enumerate(zip(recorded.entries, entries, strict=False)):
        replayed = json.loads(canonical(entry.essence()))
        shown = {name: value for name, value in row.items() if name not in entry.fact.shown_only}
        if shown != replayed:
            return Difference(_line(recorded, number), _differs(number, entry, shown), shown, replayed)
    if recorded.tail is not None and len(recorded.entries) != len(entries):
        at = min(len(recorded.entries), len(entries))
        if at < len(entries):
            missing = entries[at]
            what = f"entry {at} at {show(missing.at_ms)} is missing"
            return Difference(_line(recorded, at), what, None, missing.essence())
        return Difference(_line(recorded, at), f"entry {at} is one too many", recorded.entries[at])
    if recorded.tail is None or result is None:
        return None
    return _sealed(recorded, result)


def _differs(number: int, entry: Entry, shown: Mapping[str, Any]) -> str:
    """Say which entry it is, and whether another one stands in its place."""
    other = shown.get("seq")
    moved = "" if other == number else f": entry {other} stands in its place"
    return f"entry {number} at {show(entry.at_ms)} differs{moved}"


def _sealed(recorded: Recorded, result: Result) -> Difference | None:
    """What the last line says of a run whose entries are the same."""
    where, tail = _line(recorded, len(recorded.entries)), dict(recorded.tail or {})
    told = {"digest": result.digest, "outcome": result.outcome, "result": result.counted()}
    seal, said = tail.pop("seal", None), json.loads(canonical(told))
    if tail.get("digest") != result.digest:
        return Difference(where, "the digest differs", tail.get("digest"), result.digest)
    if tail != said:
        return Difference(where, "the last line differs", tail, said)
    fits = sha256((recorded.sealed_text + canonical(tail)).encode()).hexdigest()
    return None if seal == fits else Difference(where, "the seal does not fit the lines before it", seal, fits)


def _line(recorded: Recorded, number: int) -> Mark:
    """Where an entry stands in its file: after the head, counted from one."""
    return Mark(str(recorded.path), number + _FIRST)
