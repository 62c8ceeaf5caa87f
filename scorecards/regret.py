"""What each decision was worth: where the known good ways lead from the moment before it, and from the moment after.

A decision is judged by what could be known: the same incident under this seed's chance and under that of a few others.
What happened is told apart from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scorecards.forks import Branch, Decision, Forks
from scorecards.reached import Reached
from scorecards.ways import TALK, Way, known_ways, onward, rest_of
from scorecards.what_if import Drop, Put
from sim.replay import Act

OTHER_SEEDS = 2
EVEN = 0.05
"""Fewer people hurt than this share more or less is no difference; nor are fewer than `FEW`."""
FEW = 100


@dataclass(frozen=True)
class Onward:
    """A known good way, taken from a moment on: so much later than it would be, and where it leads."""

    way: str
    shifted_ms: int
    reached: Reached
    refused: int

    def as_json(self) -> dict[str, Any]:
        return {
            "way": self.way, "shifted_ms": self.shifted_ms, "reached": self.reached.as_json(), "refused": self.refused,
        }  # fmt: skip


@dataclass(frozen=True)
class Prospect:
    """All known ways from one moment on. `chance` is where the best of them leads by this seed's chance and others'."""

    ways: tuple[Onward, ...]
    chance: tuple[Reached, ...]

    @property
    def best(self) -> Onward:
        """The way that leads best here."""
        return min(self.ways, key=lambda onward: onward.reached.rank)

    @property
    def open(self) -> tuple[str, ...]:
        """The ways by which it can still be resolved."""
        return tuple(onward.way for onward in self.ways if onward.reached.resolved)

    @property
    def hurt(self) -> float:
        """How many the best way hurts, by the mean over chance."""
        return sum(one.hurt for one in self.chance) / len(self.chance)

    @property
    def resolved(self) -> float:
        """How often the best way comes to its end."""
        return sum(one.resolved for one in self.chance) / len(self.chance)

    @property
    def damage(self) -> float:
        """How many rows the best way costs, by the mean over chance."""
        return sum(one.damage for one in self.chance) / len(self.chance)

    def as_json(self) -> dict[str, Any]:
        return {
            "ways": [onward.as_json() for onward in self.ways], "best": self.best.way, "open": list(self.open),
            "hurt": round(self.hurt, 1), "resolved": round(self.resolved, 3), "damage": round(self.damage, 1),
        }  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A decision, and the time until the next: where the known ways led from its moment, and where they lead from then.

    `idle` is where they would lead from then if nothing had been done in its place.
    """

    decision: Decision
    before: Prospect
    idle: Prospect
    after: Prospect

    @property
    def cost(self) -> float:
        """How many more the best way hurts from the next decision on than from this one; at the end, what came."""
        return self.after.hurt - self.before.hurt

    @property
    def own(self) -> float:
        """The part of the cost that the decision itself has brought; the rest is time that went by."""
        return self.after.hurt - self.idle.hurt

    @property
    def quality(self) -> str:
        """One word for it.

        `closed`: without it there was a way to the end, with it there is none. `risky`: not by every chance.
        `harmful`: it made things worse. `slow`: it did not, but time went by in which a known way would have helped.
        `better` than every known way; else `sound`.
        """
        if self.after.resolved < self.idle.resolved:
            return "risky" if self.after.resolved else "closed"
        even = max(FEW, EVEN * self.before.hurt)
        if self.after.damage > self.idle.damage or self.own > even:
            return "harmful"
        if self.cost > even or self.after.resolved < self.before.resolved:
            return "slow"
        return "better" if self.cost < -even else "sound"

    def as_json(self) -> dict[str, Any]:
        return {
            "decision": self.decision.as_json(), "quality": self.quality, "cost": round(self.cost, 1),
            "own": round(self.own, 1), "before": self.before.as_json(), "idle": self.idle.as_json(),
            "after": self.after.as_json(),
        }  # fmt: skip


@dataclass(frozen=True)
class Without:
    """What a decision did: the run without it, and with the expert's next move in its place if there is one left."""

    decision: Decision
    dropped: Branch
    instead: Branch | None

    def as_json(self) -> dict[str, Any]:
        instead = None if self.instead is None else self.instead.as_json()
        return {"decision": self.decision.as_json(), "dropped": self.dropped.as_json(), "instead": instead}


@dataclass(frozen=True)
class Luck:
    """What the run came to, and what the same decisions come to under other chance."""

    came: Reached
    elsewhere: tuple[Reached, ...]

    @property
    def usual(self) -> float:
        """How many the same decisions hurt, by the mean over chance, this run's included."""
        every = (self.came, *self.elsewhere)
        return sum(one.hurt for one in every) / len(every)

    @property
    def word(self) -> str:
        """`good` where it came out better than it usually does, `bad` where worse, else `none`."""
        if any(one.resolved != self.came.resolved for one in self.elsewhere):
            return "good" if self.came.resolved else "bad"
        off = self.came.hurt - self.usual
        if abs(off) <= max(FEW, EVEN * self.usual):
            return "none"
        return "good" if off < 0 else "bad"

    def as_json(self) -> dict[str, Any]:
        return {
            "came": self.came.as_json(), "elsewhere": [one.as_json() for one in self.elsewhere],
            "usual": round(self.usual, 1), "word": self.word,
        }  # fmt: skip


@dataclass(frozen=True)
class Regret:
    """Every decision with its prospects, and what the run came to beside the best there was at its beginning."""

    judged: tuple[Judged, ...]
    start: Prospect
    luck: Luck

    @property
    def closed_by(self) -> Decision | None:
        """The decision that left no known way to an end, where there was one without it."""
        return next((one.decision for one in self.judged if one.idle.open and not one.after.open), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "decisions": [one.as_json() for one in self.judged], "start": self.start.as_json(),
            "luck": self.luck.as_json(),
            "closed_by": None if self.closed_by is None else self.closed_by.number,
        }  # fmt: skip


class Regrets:
    """Asks a run's forks what its decisions were worth."""

    def __init__(self, forks: Forks, others: int = OTHER_SEEDS, ways: Sequence[Way] = ()) -> None:
        self.forks = forks
        self.ways = tuple(ways) or known_ways(forks.loaded)
        self.seeds = tuple(forks.seed + number + 1 for number in range(others))

    @cached_property
    def regret(self) -> Regret:
        """Every decision, judged."""
        forks, every = self.forks, self.forks.decisions
        judged = tuple(self._judged(one, then) for one, then in zip(every, [*every[1:], None], strict=False))
        luck = Luck(forks.base.reached, self._elsewhere(tuple(one.act for one in every)))
        handover_ms: int = forks.loaded.scenario.clock.handover
        return Regret(judged, self._prospect((), handover_ms), luck)

    @cached_property
    def without(self) -> tuple[Without, ...]:
        """What each decision did."""
        return tuple(
            Without(one, self.forks.branch([Drop(one.number)]), self._instead(one)) for one in self.forks.decisions
        )

    def _instead(self, decision: Decision) -> Branch | None:
        """The run with the expert's next move in the place of a decision."""
        expert = next((way for way in self.ways if way.expert), None)
        if expert is None:
            return None
        rest = rest_of(expert, self._before(decision))
        moves = [act for act in rest.acts if act.action.name not in TALK]
        if not moves:
            return None
        at_ms = max(moves[0].at_ms + rest.late_ms, decision.at_ms)
        if at_ms > self.forks.limit_ms:
            return None
        return self.forks.branch([Put(moves[0].action, at_ms, decision.number, moves[0].predict)])

    def _judged(self, decision: Decision, then: Decision | None) -> Judged:
        before, upto = self._before(decision), (*self._before(decision), decision.act)
        if then is None:
            idle, after = self._end(before), self._end(upto)
        else:
            idle, after = self._prospect(before, then.at_ms), self._prospect(upto, then.at_ms)
        return Judged(decision, self._prospect(before, decision.at_ms), idle, after)

    def _before(self, decision: Decision) -> tuple[Act, ...]:
        """What had been done before a decision; only what acts, since looks change nothing."""
        return tuple(one.act for one in self.forks.decisions[: decision.number - 1])

    def _end(self, done: tuple[Act, ...]) -> Prospect:
        """Nothing more is done."""
        here = self.forks.play(done).reached
        return Prospect((Onward("nothing more", 0, here, 0),), (here, *self._elsewhere(done)))

    def _elsewhere(self, course: tuple[Act, ...]) -> tuple[Reached, ...]:
        """What a course comes to by other chance."""
        return tuple(self.forks.play(course, seed).reached for seed in self.seeds)

    def _prospect(self, done: tuple[Act, ...], now_ms: int) -> Prospect:
        """Every known way from a moment on."""
        if not self.ways:
            return self._end(done)
        courses = [onward(way, done, now_ms) for way in self.ways]
        ways = []
        for way, (course, shifted_ms) in zip(self.ways, courses, strict=True):
            played = self.forks.play(course)
            ways.append(Onward(way.name, shifted_ms, played.reached, sum(map(bool, played.answers[len(done) :]))))
        best = min(range(len(ways)), key=lambda number: ways[number].reached.rank)
        return Prospect(tuple(ways), (ways[best].reached, *self._elsewhere(courses[best][0])))
