"""A run played again with something done otherwise: the same world and the same chance, bit by bit up to the fork."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scorecards.figures import hurt_by_minute
from scorecards.reached import Reached
from scorecards.run import Run
from scorecards.what_if import Drop, Put, WhatIf, spelt
from sim.actions.base import Action
from sim.actions.stand_down import StandDown
from sim.clock import show, spell
from sim.engine.endings import ABANDONED
from sim.errors import CheckFailed, InvalidInput, Mark, Problem
from sim.facts import Asked, Refused
from sim.journal import Entry
from sim.replay import Act, Recorded, acts, compare, perform
from sim.scenario.load import find
from sim.session import Session
from sim.stage import Stage

Key = tuple[tuple[int, Action, str], ...]


@dataclass(frozen=True)
class Decision:
    """Something that was done or said, looks and thoughts aside; `seq` is its entry in the journal."""

    number: int
    seq: int
    act: Act
    refused: str = ""

    @property
    def at_ms(self) -> int:
        return self.act.at_ms

    @property
    def words(self) -> str:
        """The decision on one line."""
        return f"{self.number}. {show(self.at_ms)} {spelt(self.act.action)}"

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number, "seq": self.seq, "at_ms": self.at_ms, "action": spelt(self.act.action),
            "refused": self.refused,
        }  # fmt: skip


@dataclass(frozen=True)
class Branch:
    """What came of a run in which something was done otherwise.

    `same_up_to` entries are those of the run itself. Decisions that the world refuses here and not there are `refused`,
    those for which it was over before their time are `unreached`; `no` is what the world said to what was put in.
    """

    what_if: tuple[WhatIf, ...]
    reached: Reached
    digest: str
    entries: tuple[Entry, ...]
    same_up_to: int
    refused: tuple[tuple[int, str], ...] = ()
    unreached: tuple[int, ...] = ()
    no: tuple[str, ...] = ()
    curve: tuple[float, ...] = ()

    @property
    def words(self) -> str:
        """What was done otherwise."""
        return " ;; ".join(map(str, self.what_if)) or "nothing"

    def as_json(self) -> dict[str, Any]:
        return {
            "what_if": [str(change) for change in self.what_if], "reached": self.reached.as_json(),
            "digest": self.digest, "same_up_to": self.same_up_to,
            "refused": [{"number": number, "why": why} for number, why in self.refused],
            "unreached": list(self.unreached), "no": list(self.no),
        }  # fmt: skip


@dataclass(frozen=True)
class Played:
    """A course of acts that was carried out: how it ended, its entries, and the requests hurt in each minute."""

    reached: Reached
    digest: str
    entries: tuple[Entry, ...]
    curve: tuple[float, ...] = ()

    @classmethod
    def of(cls, session: Session) -> Self:
        """A session that has come to its end."""
        result, scenario = session.finish(), session.loaded.scenario
        curve = tuple(hurt_by_minute(result, scenario))
        return cls(Reached.of(result, scenario), result.digest, tuple(session.journal.entries), curve)

    @property
    def answers(self) -> list[str]:
        """Why each act was refused, '' where it was not; shorter than the acts where the run ended before."""
        return [why for _, why in _asked(self.entries)]


def _asked(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    """Every act with what was said to it at once."""
    for place, entry in enumerate(entries):
        if isinstance(entry.fact, Asked):
            told = entries[place + 1].fact if place + 1 < len(entries) else None
            yield entry, told.why if isinstance(told, Refused) and told.action == entry.fact.action else ""


def decisions(entries: Sequence[Entry], asked: Sequence[Act]) -> tuple[Decision, ...]:
    """What was decided, numbered from 1."""
    pairs = zip(_asked(entries), asked, strict=False)
    chosen = [(entry.seq, act, why) for (entry, why), act in pairs if not (act.action.looks or act.action.thinks)]
    return tuple(Decision(number, *one) for number, one in enumerate(chosen, start=1))


class Forks:
    """A recorded run and its branches, on one stage; the same course is played once.

    A run that was broken off is compared as if it had gone on to the end of its story with nothing more done.
    """

    def __init__(self, recorded: Recorded, folder: Path | None = None) -> None:
        self.seed: int = recorded.head["seed"]
        self.asked = acts(recorded)
        self.stage = Stage(folder or find(recorded.head["scenario"]))
        self.loaded = self.stage.loaded(self.seed)
        self._known: dict[tuple[int, Key], Played] = {}
        try:
            self.judged, self.run = self._replayed(recorded)
        except BaseException:
            self.stage.close()
            raise
        self.decisions = decisions(self.run.entries, self.asked)
        self.limit_ms: int = self.loaded.scenario.clock.limit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stage.close()

    @property
    def runs(self) -> int:
        """How many courses were played."""
        return len(self._known)

    @property
    def base(self) -> Played:
        """The run itself, or what it would have come to without being broken off."""
        return self.play(self.asked)

    def _replayed(self, recorded: Recorded) -> tuple[Run, Played]:
        """The run as its journal has it; a journal that is not what its replay gives is not believed."""
        if recorded.head["scenario_digest"] != self.stage.fingerprint:
            raise CheckFailed(f"{recorded.path}: the scenario is not the one that was played; see `rehearse verify`")
        with self.stage.session(self.seed) as session:
            perform(session, self.asked, recorded.ended_ms)
            result = session.finish()
            if (difference := compare(recorded, session, result)) is not None:
                raise CheckFailed(f"this journal is not what its replay gives\n{difference}")
            judged, played = Run.of(session, result), Played.of(session)
        if result.outcome != ABANDONED:
            self._known[self.seed, _key(self.asked)] = played
        return judged, played

    def play(self, course: Sequence[Act], seed: int | None = None) -> Played:
        """Carry out a course to the end of the story, by another seed's chance if one is named.

        Whoever stands down hurts nobody less: the story goes on.
        """
        course = [act for act in course if not isinstance(act.action, StandDown)]
        by = self.seed if seed is None else seed
        key = (by, _key(course))
        if key not in self._known:
            with self.stage.session(by, drawn_by=self.seed) as session:
                perform(session, course, session.limit_ms)
                self._known[key] = Played.of(session)
        return self._known[key]

    def branch(self, changes: Sequence[WhatIf]) -> Branch:
        """The run with these changes, each counted by the decisions of the run itself."""
        course = self._changed(changes)
        played, same = self.play(course), self._fork(changes)
        if played.entries[:same] != self.base.entries[:same]:
            raise RuntimeError(f"a branch and its run differ before they part: {changes}")
        mine = {id(one.act): one for one in self.decisions}
        acted = [act for act in course if not isinstance(act.action, StandDown)]
        told = [(act, why) for act, why in zip(acted, played.answers, strict=False) if why]
        return Branch(
            what_if=tuple(changes), reached=played.reached, digest=played.digest, entries=played.entries,
            same_up_to=same,
            refused=tuple(
                (mine[id(act)].number, why) for act, why in told if id(act) in mine and not mine[id(act)].refused
            ),
            unreached=tuple(mine[id(act)].number for act in acted[len(played.answers) :] if id(act) in mine),
            no=tuple(why for act, why in told if act.seq is None), curve=played.curve,
        )  # fmt: skip

    def _changed(self, changes: Sequence[WhatIf]) -> list[Act]:
        """The acts in their new order; one that is put in comes after those of its own time."""
        course = list(self.asked)
        for change in changes:
            if isinstance(change, Drop):
                course = [act for act in course if act is not self.decision(change.number).act]
        for change in changes:
            if isinstance(change, Put):
                course = self._with(course, change)
        return course

    def _with(self, course: list[Act], put: Put) -> list[Act]:
        if put.at_ms is not None and put.at_ms > self.limit_ms:
            raise _bad(str(put), f"the story ends at {spell(self.limit_ms)}")
        if put.number is None:
            return _insert(course, Act(put.at_ms or 0, put.action, put.predict))
        old = self.decision(put.number).act
        new = Act(old.at_ms if put.at_ms is None else put.at_ms, put.action, put.predict)
        if new.at_ms == old.at_ms:
            return [_as(new, act) if act is old else act for act in course]
        return _insert([act for act in course if act is not old], new)

    def decision(self, number: int) -> Decision:
        """The decision of that number."""
        if not 1 <= number <= len(self.decisions):
            known = f"there are {len(self.decisions)}: looking and thinking do not count"
            raise _bad(str(number), f"there is no decision {number}", known)
        return self.decisions[number - 1]

    def _fork(self, changes: Sequence[WhatIf]) -> int:
        """How many entries come before anything is different."""
        entries = self.base.entries
        places = [len(entries)]
        for change in changes:
            if change.number is not None:
                places.append(self.decision(change.number).act.seq or 0)
            if isinstance(change, Put) and change.at_ms is not None:
                places.append(sum(entry.at_ms <= change.at_ms for entry in entries))
        return min(places)


def _key(course: Sequence[Act]) -> Key:
    return tuple((act.at_ms, act.action, repr(act.predict)) for act in course)


def _insert(course: Sequence[Act], new: Act) -> list[Act]:
    before = [act for act in course if act.at_ms <= new.at_ms]
    return [*before, new, *course[len(before) :]]


def _as(new: Act, old: Act) -> Act:
    """An act in another's place: where it is the same, it is that one."""
    return old if new.action == old.action and new.predict is None else new


def _bad(text: str, what: str, hint: str = "") -> InvalidInput:
    return InvalidInput([Problem(Mark(f"--what-if {text[:80]!r}"), what, hint)])
