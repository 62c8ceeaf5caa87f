"""What is judged: a finished run with everything that its criteria ask, and nothing that is still open."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from scorecards.figures import Figures, figures, hurt_by_minute, worse_than
from scorecards.par import Case, case_of
from scorecards.views import views
from sim.clock import MINUTE
from sim.errors import InvalidInput, NotModelled
from sim.facts import Asked, Refused
from sim.journal import Entry
from sim.replay import read_journal, replay
from sim.result import Result
from sim.scenario.key import Key
from sim.scenario.load import Loaded
from sim.scenario.model import Scenario
from sim.session import Session
from sim.world import World

TALK = frozenset({"declare", "page", "post_update", "announce", "resolve", "stand_down", "order", "answer"})
"""What people say to each other: it changes nothing that serves."""


@dataclass(frozen=True)
class Move:
    """Something that somebody decided, looks aside: the entry of it, and those that came of it at once."""

    entry: Entry
    action: str
    arguments: Mapping[str, Any]
    refused: bool

    @property
    def seq(self) -> int:
        return self.entry.seq

    @property
    def at_ms(self) -> int:
        return self.entry.at_ms


@dataclass(frozen=True)
class Run:
    """A run as its criteria see it: frozen, and independent of the session that carried it out.

    `told` is the text of each answer to a look, by the entry that says so; `measured` what the key's own SQL gave.
    """

    scenario: Scenario
    key: Key | None
    seed: int
    head: Mapping[str, Any]
    entries: tuple[Entry, ...]
    result: Result
    world: World
    folder: Path
    params: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[int, str] = field(default_factory=dict)
    measured: Mapping[str, float | str] = field(default_factory=dict)
    case: Case | None = None

    @classmethod
    def of(cls, session: Session, result: Result) -> Self:
        """A run that has just ended; its session is still open, so that its tables can be asked."""
        loaded, engine = session.loaded, session.engine
        key = _sound_key(loaded)
        measured = {} if key is None else {name: _asked(session, one.sql) for name, one in key.measures.items()}
        return cls(
            scenario=loaded.scenario, key=key, seed=session.seed, head=session.journal.head,
            entries=tuple(session.journal.entries), result=result, world=engine.world, folder=loaded.folder,
            params=loaded.params, told=dict(session.told), measured=measured,
            case=case_of(loaded.folder, loaded.params),
        )  # fmt: skip

    @classmethod
    def read(cls, path: Path, folder: Path | None = None) -> Self:
        """A run that a journal tells of: it is played again, and nothing in the file is believed."""
        with replay(read_journal(path), folder) as session:
            return cls.of(session, session.finish())

    @property
    def resolved(self) -> bool:
        return self.result.outcome == "resolved"

    @property
    def starts_ms(self) -> int:
        """When the trainee takes over."""
        return self.scenario.clock.handover

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """What was done or said, looks aside."""
        return tuple(_moves(self.entries))

    @cached_property
    def deeds(self) -> tuple[Move, ...]:
        """What was done to production and not refused."""
        return tuple(move for move in self.moves if move.action not in TALK and not move.refused)

    def facts(self, *kinds: type) -> tuple[Entry, ...]:
        """The entries of some kinds of facts."""
        return tuple(entry for entry in self.entries if isinstance(entry.fact, kinds))

    @cached_property
    def curve(self) -> tuple[float, ...]:
        """Requests hurt in each minute."""
        return tuple(hurt_by_minute(self.result, self.scenario))

    @cached_property
    def figures(self) -> Figures:
        """What the run cost."""
        plain = figures(self.result, self.scenario, self.scenario.clock.limit)
        nothing = self.case.curve if self.case else ()
        return replace(plain, worse=sum(worse_than(list(self.curve), list(nothing)))) if nothing else plain

    @cached_property
    def incident_ms(self) -> int:
        """When somebody was needed: users were hurt, and the trainee was there."""
        first = next((minute for minute, hurt in enumerate(self.curve) if hurt), 0)
        return max(self.starts_ms, first * MINUTE)


def _sound_key(loaded: Loaded) -> Key | None:
    """The answer key; one that is not sound yet is as good as none, and `check` says what is wrong with it."""
    try:
        return loaded.key
    except InvalidInput:
        return None


def _asked(session: Session, sql: str) -> float | str:
    """What a question to the run's own tables gave: a number, or why there is none."""
    try:
        listing = session.engine.rows.query(sql, views(session, sql))
    except NotModelled as gap:
        return str(gap)
    cell = listing.rows[0][0] if listing.rows and listing.rows[0] else None
    return _number(cell)


def _number(cell: str | None) -> float | str:
    if cell in {"t", "f"}:
        return float(cell == "t")
    try:
        return float(cell or "")
    except ValueError:
        return f"the answer is no number: {cell}"


def _moves(entries: tuple[Entry, ...]) -> list[Move]:
    found = []
    for place, entry in enumerate(entries):
        fact = entry.fact
        if isinstance(fact, Asked) and not fact.look:
            after = entries[place + 1].fact if place + 1 < len(entries) else None
            refused = isinstance(after, Refused) and after.action == fact.action
            found.append(Move(entry, fact.action, fact.arguments, refused))
    return found
