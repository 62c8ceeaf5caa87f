"""When a way back was no longer safe, who brought that about, and whether what they had seen by then told them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scorecards.forks import Decision, Forks
from scorecards.undo import SAFE, Undo, Verdict, undos, verdict
from scorecards.ways import TALK
from sim.actions.migrate_down import MigrateDown
from sim.actions.roll_back import RollBack
from sim.clock import SECOND
from sim.facts import (
    Announced,
    Asked,
    BackfillEnded,
    DatabaseRestored,
    FlagCreated,
    FlagDeleted,
    FlagSet,
    HintTaken,
    HypothesisHeld,
    InstancesReplaced,
    MigrationEnded,
    Posted,
    RolloutBegan,
    RowsChanged,
    SchemaChanged,
)  # fmt: skip
from sim.journal import Entry
from sim.replay import Act, perform
from sim.scenario.build import change_of
from sim.scenario.model import Scenario
from sim.session import Session

_TURNS = (
    RolloutBegan, InstancesReplaced, MigrationEnded, SchemaChanged, RowsChanged, BackfillEnded, DatabaseRestored,
    FlagSet, FlagCreated, FlagDeleted,
)  # fmt: skip
_OVERVIEWS = frozenset({"changelog", "schema", "migrations"})
_CATALOG = re.compile(r"\b(information_schema|pg_\w+)\b", re.IGNORECASE)
_COLUMN = re.compile(r"\bcolumn\s+(?:if\s+(?:not\s+)?exists\s+)?\"?(\w+)", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:table|update|from|into)\s+(?:if\s+(?:not\s+)?exists\s+)?\"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """An entry by which somebody could know how a way back stood."""

    seq: int
    by: str

    def as_json(self) -> dict[str, Any]:
        return {"seq": self.seq, "by": self.by}


@dataclass(frozen=True)
class Taken:
    """A decision that took a way back, how safe it was then, and what had told so before."""

    decision: Decision
    verdict: Verdict
    told: tuple[Told, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "decision": self.decision.number, "safety": self.verdict.safety.value, "why": self.verdict.why,
            "rows": self.verdict.rows, "told": [one.as_json() for one in self.told],
        }  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """A way back from the moment on at which it was there, and the moment at which it was no longer safe, if one came.

    `by` is the decision without which it would not have turned then, None where it was the story; `seq` the entry
    since which, None where it was what users wrote meanwhile.
    """

    undo: Undo
    since_ms: int
    at_ms: int | None
    verdict: Verdict
    seq: int | None = None
    by: Decision | None = None
    told: tuple[Told, ...] = ()
    taken: tuple[Taken, ...] = ()

    @property
    def knowingly(self) -> bool:
        """Whether somebody closed this way back who had seen how it stood."""
        return self.by is not None and bool(self.told)

    def as_json(self) -> dict[str, Any]:
        return {
            "undo": self.undo.name, "since_ms": self.since_ms, "at_ms": self.at_ms,
            "safety": self.verdict.safety.value, "why": self.verdict.why, "rows": self.verdict.rows, "seq": self.seq,
            "by": None if self.by is None else self.by.number, "knowingly": self.knowingly,
            "told": [one.as_json() for one in self.told], "taken": [one.as_json() for one in self.taken],
        }  # fmt: skip


@dataclass(frozen=True)
class _Seen:
    """How a way back stood at a moment."""

    at_ms: int
    verdict: Verdict


def points_of_no_return(forks: Forks) -> tuple[Turn, ...]:
    """Every way back that the run had, in the order in which they came to be."""
    return tuple(_turn(forks, undo, seen) for undo, seen in _followed(forks).items())


def _followed(forks: Forks) -> dict[Undo, list[_Seen]]:
    """Each way back at every moment at which something changed, up to the one at which it is not safe any more."""
    found: dict[Undo, list[_Seen]] = {}
    with forks.stage.session(forks.seed) as session:
        for at_ms, upto in _moments(forks):
            _go(session, upto, at_ms)
            for undo in undos(session.engine):
                seen = found.setdefault(undo, [])
                if not (seen and seen[-1].verdict.bad):
                    seen.append(_Seen(session.now_ms, verdict(session.engine, undo)))
    return found


def _moments(forks: Forks) -> Iterator[tuple[int, list[Act]]]:
    """The moments at which something could turn, each with the acts since the one before."""
    entries = forks.base.entries
    times = {entry.at_ms for entry in entries if isinstance(entry.fact, _TURNS)}
    times |= {one.at_ms for one in forks.decisions} | {entries[-1].at_ms}
    before_ms = -1
    for at_ms in sorted(times):
        yield at_ms, [act for act in forks.asked if before_ms < act.at_ms <= at_ms]
        before_ms = at_ms


def _go(session: Session, asked: Sequence[Act], at_ms: int) -> None:
    """Let a run go on to a moment; what only looks or thinks is left out."""
    perform(session, [act for act in asked if not act.action.looks and not act.action.thinks], at_ms)


def _turn(forks: Forks, undo: Undo, seen: list[_Seen]) -> Turn:
    since_ms = seen[0].at_ms
    taken = tuple(_takes(forks, undo))
    if not seen[-1].verdict.bad:
        return Turn(undo, since_ms, None, seen[-1].verdict, taken=taken)
    last = seen[-1] if len(seen) == 1 else _first(forks, undo, seen[-2], seen[-1])
    by = _who(forks, undo, last.at_ms)
    seq = next((e.seq for e in forks.base.entries if e.at_ms == last.at_ms and isinstance(e.fact, _TURNS)), None)
    told = () if by is None else _telling(forks, undo, by.seq)
    return Turn(undo, since_ms, last.at_ms, last.verdict, seq, by, told, taken)


def _first(forks: Forks, undo: Undo, safe: _Seen, bad: _Seen) -> _Seen:
    """The first moment between two at which it is not safe: an entry's own, or a second in which users wrote."""
    low, high = safe.at_ms, bad
    just_before = _at(forks, undo, bad.at_ms - 1, forks.asked)
    if not just_before.bad:
        return bad
    high = _Seen(bad.at_ms - 1, just_before)
    while high.at_ms - low > SECOND:
        middle = (low + high.at_ms) // 2
        there = _at(forks, undo, middle, forks.asked)
        low, high = (low, _Seen(middle, there)) if there.bad else (middle, high)
    second = _Seen(high.at_ms // SECOND * SECOND, high.verdict)
    return second if second.at_ms > low else high


def _at(forks: Forks, undo: Undo, at_ms: int, asked: Sequence[Act]) -> Verdict:
    """How a way back stands at a moment of a course; safe where there is nothing to undo."""
    with forks.stage.session(forks.seed) as session:
        _go(session, [act for act in asked if act.at_ms <= at_ms], at_ms)
        return verdict(session.engine, undo) if undo in set(undos(session.engine)) else SAFE


def _who(forks: Forks, undo: Undo, at_ms: int) -> Decision | None:
    """The last decision without which this way back would still be safe at that moment."""
    for one in reversed(forks.decisions):
        if one.at_ms > at_ms or one.refused or one.act.action.name in TALK:
            continue
        if not _at(forks, undo, at_ms, [act for act in forks.asked if act is not one.act]).bad:
            return one
    return None


def _takes(forks: Forks, undo: Undo) -> Iterator[Taken]:
    """The decisions that took this way back."""
    for one in forks.decisions:
        if not one.refused and _is_taken_by(undo, one):
            just_before = [act for act in forks.asked if (act.seq or 0) < (one.act.seq or 0)]
            how = _at(forks, undo, one.at_ms, just_before)
            yield Taken(one, how, _telling(forks, undo, one.seq))


def _is_taken_by(undo: Undo, decision: Decision) -> bool:
    match decision.act.action:
        case RollBack(service=service, schema=schema):
            return bool(undo.service) and service == undo.service and bool(undo.migrations) == (schema == "down")
        case MigrateDown(migration=migration):
            return not undo.service and undo.migrations == (migration,)
        case _:
            return False


def _telling(forks: Forks, undo: Undo, upto: int) -> tuple[Told, ...]:
    """What was looked at, thought or said before an entry, and is about this way back."""
    names = _names(forks.loaded.scenario, undo)
    found = ((entry.seq, names.told_by(entry)) for entry in forks.run.entries[:upto])
    return tuple(Told(seq, by) for seq, by in found if by)


@dataclass(frozen=True)
class _Names:
    """What a way back is called by: its migrations, the changes that bring them, the columns and tables they touch."""

    own: frozenset[str]
    tables: frozenset[str]

    def told_by(self, entry: Entry) -> str:
        """In which way an entry tells of it; '' if it does not."""
        by: str
        match entry.fact:
            case Asked(action="look", arguments=given):
                return f"look {given['what']}" if given.get("what") in _OVERVIEWS else ""
            case Asked(action="query" | "watch" as asked, arguments=given):
                return asked if self._asks(str(given.get("sql", ""))) else ""
            case Asked(action="diff" | "lint" | "dry_run" | "grep" as asked, arguments=given):
                by, text = asked, " ".join(map(str, given.values()))
            case HypothesisHeld(says=text):
                by = "hypothesis"
            case HintTaken(text=text):
                by = "hint"
            case Announced(what=what, text=said):
                by, text = "announce", f"{what} {said}"
            case Posted(text=text):
                by = "post_update"
            case _:
                return ""
        return by if _mentions(text, self.own) else ""

    def _asks(self, sql: str) -> bool:
        """Whether a query is about its columns, or about what the catalogue says of its tables."""
        return _mentions(sql, self.own) or (bool(_CATALOG.search(sql)) and _mentions(sql, self.tables))


def _mentions(text: str, names: frozenset[str]) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) for name in names)


def _names(scenario: Scenario, undo: Undo) -> _Names:
    """A code roll-back is closed or not by any migration; the others by their own."""
    migrations = undo.migrations or tuple(scenario.database.migrations)
    carriers = (*scenario.changes, *scenario.fixes)
    changes = [name for name in carriers if change_of(scenario, name).migration in migrations]
    known = [scenario.database.migrations[name] for name in migrations]
    sql = "\n".join(text for spec in known for text in (spec.up, spec.down) if text)
    return _Names(frozenset([*migrations, *changes, *_COLUMN.findall(sql)]), frozenset(_TABLE.findall(sql)))
