"""When a skill is to be repeated: `fsrs` decides, from ratings at dates that are given to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

from scorecards.findings import Band, band

SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=365, enable_fuzzing=False)
"""An incident is no flash card: it comes back after a day at the soonest, so that no step of minutes is wanted.

Without steps a better attempt is never due sooner than a worse one would have been.
"""
_RATINGS = {Band.P: Rating.Easy, Band.S: Rating.Good, Band.M: Rating.Hard, Band.U: Rating.Again}
EXAM_AFTER_DAYS = 21.0
"""A skill that lasts so long is ready for an exam."""


@dataclass(frozen=True)
class Rated:
    """One attempt at a skill: when, and the share of its points that was earned, from 0 to 1."""

    at: datetime
    share: float
    hints: bool = False
    passed: bool = True

    @property
    def band(self) -> Band:
        return band(100 * self.share)

    @property
    def rating(self) -> Rating:
        """P is easy, S good, M hard, U again; hints cost one step, and a run that did not pass is hard at best."""
        step = _RATINGS[self.band].value - self.hints
        return Rating(max(Rating.Again, step if self.passed else min(step, Rating.Hard)))


@dataclass(frozen=True)
class Memory:
    """What is known of a skill after its attempts: when it is due, how long it lasts (days), and what to play next."""

    due: datetime
    stability: float
    mode: str
    card: Card

    def recalled(self, now: datetime) -> float:
        """How likely it would succeed now."""
        return SCHEDULER.get_card_retrievability(self.card, now)

    def is_due(self, now: datetime) -> bool:
        return self.due <= now


def memory(rated: Iterable[Rated], scheduler: Scheduler = SCHEDULER) -> Memory | None:
    """Review one card by all attempts in the order of their dates; None if there are none."""
    attempts = sorted(rated, key=lambda one: one.at)
    if not attempts:
        return None
    card = Card(card_id=1, due=_utc(attempts[0].at))
    for one in attempts:
        card, _ = scheduler.review_card(card, one.rating, _utc(one.at))
    stability = card.stability or 0.0
    return Memory(card.due, stability, _mode(attempts[-1], stability), card)


def _mode(last: Rated, stability: float) -> str:
    """From a drill with guidance to an exam: the better it lasts, the less help."""
    if last.rating is Rating.Again:
        return "guided"
    return "exam" if stability >= EXAM_AFTER_DAYS else "drill"


def _utc(at: datetime) -> datetime:
    """A date as fsrs wants it; one without a zone is taken as UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
