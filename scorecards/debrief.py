"""Everything that a debrief shows, as data: reports draw it and add nothing.

One timeline of ideas, looks and deeds; the card; what each decision did and was worth; when ways back closed; the
expert's path beside it; one thing to revisit; what to follow up, and which roles could.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from scorecards.findings import Card
from scorecards.follow_up import Review, review_of
from scorecards.forks import Branch, Decision, Forks, Played
from scorecards.grade import grade
from scorecards.moments import DIM, STRONG, Moment, deed, moments, wall
from scorecards.no_return import Turn, points_of_no_return
from scorecards.reached import Reached
from scorecards.regret import Regret, Regrets, Without
from scorecards.restored import restored_by, restored_ms, trigger
from scorecards.revisit import Revisit, revisit
from scorecards.run import Run
from scorecards.ways import EXPERT, way_of
from scorecards.what_if import WhatIf
from sim.catalogue import ACTIONS, arguments_of
from sim.clock import MINUTE, SECOND
from sim.facts import Asked
from sim.journal import Entry
from sim.play import read_play
from sim.result import Result

FORMAT = 1
_TELL_THEMSELVES = frozenset({"hypothesis", "hint"})


@dataclass(frozen=True)
class Line:
    """One line of the timeline; a decision has its number."""

    seq: int
    at_ms: int
    wall: str
    word: str
    text: str
    tone: str = ""
    number: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq, "at_ms": self.at_ms, "wall": self.wall, "word": self.word, "text": self.text,
            "number": self.number,
        }  # fmt: skip


@dataclass(frozen=True)
class Path:
    """The expert's way through the same incident: what was done and looked at, and what it came to."""

    steps: tuple[Line, ...]
    played: Played

    def as_json(self) -> dict[str, Any]:
        return {
            "steps": [one.as_json() for one in self.steps], "reached": self.played.reached.as_json(),
            "hurt_by_minute": [round(one) for one in self.played.curve],
        }  # fmt: skip


@dataclass(frozen=True)
class Debrief:
    """A run, judged and explained. `shares` are what failed of the endpoint that was hurt worst, minute by minute."""

    run: Run
    card: Card
    reached: Reached
    decisions: tuple[Decision, ...]
    timeline: tuple[Line, ...]
    endpoint: str
    shares: tuple[float, ...]
    regret: Regret
    without: tuple[Without, ...]
    ways_back: tuple[Turn, ...]
    expert: Path | None
    review: Review
    questions: tuple[Branch, ...] = field(default=())

    @classmethod
    def of(cls, forks: Forks, changes: Sequence[Sequence[WhatIf]] = ()) -> Self:
        """Ask everything that there is to ask of a run; `changes` are what else somebody wants to know."""
        regrets, run = Regrets(forks), forks.judged
        card, worst = grade(run), _worst(run.result)
        return cls(
            run=run, card=card, reached=forks.base.reached, decisions=forks.decisions,
            timeline=tuple(_timeline(run, card, forks.decisions)), endpoint=worst,
            shares=tuple(_shares(run.result, worst)),
            regret=regrets.regret, without=regrets.without, ways_back=points_of_no_return(forks),
            expert=_expert(forks), review=review_of(run), questions=tuple(forks.branch(one) for one in changes),
        )  # fmt: skip

    @property
    def curve(self) -> tuple[float, ...]:
        """Requests hurt in each minute."""
        return self.run.curve

    @property
    def what_ifs(self) -> tuple[tuple[str, Branch], ...]:
        """Every course that was played otherwise, with its words."""
        found = [
            (branch.words, branch)
            for one in self.without
            for branch in (one.dropped, one.instead)
            if branch is not None
        ]
        return (*found, *((one.words, one) for one in self.questions))

    @cached_property
    def revisit(self) -> Revisit:
        """The one thing to come back to."""
        return revisit(self.card, self.regret)

    @property
    def restored_ms(self) -> int | None:
        """When users were hurt no more."""
        return restored_ms(self.run)

    @property
    def restored_by(self) -> tuple[Decision, ...]:
        """The deeds that restored service."""
        return restored_by(self.run, self.without)

    @property
    def trigger(self) -> Line | None:
        """What called for somebody."""
        entry = trigger(self.run)
        return next((one for one in self.timeline if entry is not None and one.seq == entry.seq), None)

    def wall(self, at_ms: int) -> str:
        """What the clock on the wall showed at a moment."""
        return wall(self.run.scenario, at_ms)

    def as_json(self) -> dict[str, Any]:
        result = self.run.result
        return {
            "debrief": FORMAT, "scenario": result.scenario, "title": self.run.scenario.title, "seed": result.seed,
            "digest": result.digest, "outcome": result.outcome, "card": self.card.as_json(),
            "reached": self.reached.as_json(), "revisit": self.revisit.as_json(),
            "restored_at_ms": self.restored_ms, "restored_by": [one.number for one in self.restored_by],
            "timeline": [one.as_json() for one in self.timeline],
            "decisions": [one.as_json() for one in self.decisions],
            "failing_by_minute": {self.endpoint: [round(one, 5) for one in self.shares]},
            "hurt_by_minute": [round(one) for one in self.curve],
            "without": [one.as_json() for one in self.without], "regret": self.regret.as_json(),
            "ways_back": [one.as_json() for one in self.ways_back],
            "expert": None if self.expert is None else self.expert.as_json(), "review": self.review.as_json(),
            "what_if": [one.as_json() for one in self.questions],
        }  # fmt: skip


def _timeline(run: Run, card: Card, decisions: Sequence[Decision]) -> Iterator[Line]:
    """What people would hear of, what somebody looked at, and every entry that a finding rests on."""
    numbers = {one.seq: one.number for one in decisions}
    wanted = {seq for finding in card.findings for seq in finding.evidence} | set(numbers)
    known = {one.seq: one for one in moments(run.scenario, run.entries)}
    before = ("", "")
    for entry in run.entries:
        one = known.get(entry.seq) or _else(entry, asked_for=entry.seq in wanted)
        if one is None or (before == (one.word, one.text) and entry.seq not in wanted):
            continue
        before = (one.word, one.text)
        clock = wall(run.scenario, entry.at_ms)
        yield Line(entry.seq, entry.at_ms, clock, one.word, one.text, one.tone, numbers.get(entry.seq))


def _else(entry: Entry, *, asked_for: bool) -> Moment | None:
    """A look; and whatever else a finding rests on, in plain words."""
    fact = entry.fact
    if isinstance(fact, Asked) and fact.look and (asked_for or fact.action not in _TELL_THEMSELVES):
        word = "idea" if ACTIONS[fact.action].thinks else "look"
        return Moment(entry.seq, entry.at_ms, word, _aside(fact.action, fact.arguments), DIM)
    if not asked_for:
        return None
    row = entry.as_row()
    told = ", ".join(f"{name} {value}" for name, value in row.items() if name not in {"seq", "at_ms", "fact"})
    return Moment(entry.seq, entry.at_ms, "fact", f"{row['fact']}: {told}", DIM)


def _aside(action: str, arguments: dict[str, Any]) -> str:
    """A look without that word, which stands before it."""
    return deed(action, arguments).removeprefix("look ")


def _worst(result: Result) -> str:
    """The endpoint of whose requests the greatest share failed or hurt somebody."""
    return max(
        result.endpoints,
        key=lambda name: (
            (result.endpoints[name]["failed"] + result.endpoints[name]["harmed"])
            / max(1, result.endpoints[name]["total"])
        ),
    )


def _shares(result: Result, endpoint: str) -> Iterator[float]:
    """The share of an endpoint's requests that failed or hurt somebody, minute by minute."""
    end, step = result.ended_at_ms // SECOND, MINUTE // SECOND
    for start in range(0, end, step):
        tally = result.traffic.tally(endpoint, start, min(end, start + step))
        yield (tally.failed + tally.harmed) / tally.total if tally.total else 0.0


def _expert(forks: Forks) -> Path | None:
    path = forks.loaded.assets / "plays" / f"{EXPERT}.yaml"
    if not path.is_file():
        return None
    play = read_play(path)
    steps = (
        Line(
            place, step.at_ms, wall(forks.loaded.scenario, step.at_ms), _word(step.action),
            _aside(step.action.name, arguments_of(step.action)), DIM if step.action.looks else STRONG,
        )
        for place, step in enumerate(play.steps)
    )  # fmt: skip
    return Path(tuple(steps), forks.play(way_of(EXPERT, play).acts))


def _word(action: Any) -> str:
    return "look" if action.looks else "idea" if action.thinks else "expert"
