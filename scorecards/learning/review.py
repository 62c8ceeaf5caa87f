"""The review after an incident: its systemic causes and what prevents them, picked and ordered, and some questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scorecards.learning.ordered import FULL, Item, Ordering, ordering
from sim.errors import InvalidInput, Mark, Problem, nearest
from sim.scenario.key import Key, Question


@dataclass(frozen=True)
class Answered:
    """What somebody said in a review; a list that is None was not asked for, and is not judged."""

    causes: tuple[str, ...] | None = None
    preventions: tuple[str, ...] | None = None
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Marked:
    """One question, what was answered, and whether that is right."""

    question: str
    ask: str
    choice: tuple[str, ...]
    right: tuple[str, ...]
    because: str

    @property
    def is_right(self) -> bool:
        return set(self.choice) == set(self.right)

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question, "ask": self.ask, "choice": list(self.choice), "right": list(self.right),
            "is_right": self.is_right, "because": self.because,
        }  # fmt: skip


@dataclass(frozen=True)
class Review:
    """A review that was judged; what was not asked for is None, or not there."""

    causes: Ordering | None
    preventions: Ordering | None
    questions: tuple[Marked, ...]

    @property
    def score(self) -> float:
        """The mean of the parts that were answered, from 0 to 100."""
        parts = [one.score for one in (self.causes, self.preventions) if one is not None]
        if self.questions:
            parts.append(FULL * sum(one.is_right for one in self.questions) / len(self.questions))
        return round(sum(parts) / len(parts), 1) if parts else 0.0

    def as_json(self) -> dict[str, Any]:
        """As it is kept and shown: `answers` has the columns of the archive's table of that name."""
        return {
            "score": self.score,
            "causes": None if self.causes is None else self.causes.as_json(),
            "preventions": None if self.preventions is None else self.preventions.as_json(),
            "answers": [one.as_json() for one in self.questions],
        }


def review(key: Key, answered: Answered) -> Review:
    """Judge what was said; a name that the key does not have, or has twice, is said before anything is judged."""
    if problems := _misfits(key, answered):
        raise InvalidInput(problems)
    return Review(
        None if answered.causes is None else ordering(answered.causes, causes_of(key)),
        None if answered.preventions is None else ordering(answered.preventions, preventions_of(key)),
        tuple(_marked(name, key.questions[name], choice) for name, choice in answered.answers.items()),
    )


def causes_of(key: Key) -> dict[str, Item]:
    """The causes of a key; each is explained by what would have prevented it."""
    found = {}
    for name, cause in key.causes.items():
        against = [one.says for one in key.preventions.values() if one.rank is not None and name in one.against]
        found[name] = Item(cause.says, cause.rank, f"prevented by: {' / '.join(against)}" if against else "")
    return found


def preventions_of(key: Key) -> dict[str, Item]:
    """The preventions of a key; each is explained by the causes that it takes away."""
    found = {}
    for name, one in key.preventions.items():
        causes = [key.causes[cause].says for cause in one.against]
        nothing = "" if one.rank is not None else "it takes none of the causes away"
        found[name] = Item(one.says, one.rank, f"against: {' / '.join(causes)}" if causes else nothing)
    return found


def _marked(name: str, question: Question, choice: Sequence[str]) -> Marked:
    return Marked(name, question.ask, tuple(choice), question.right, question.because)


def _misfits(key: Key, answered: Answered) -> list[Problem]:
    lists = (("--causes", answered.causes, key.causes), ("--preventions", answered.preventions, key.preventions))
    found = [problem for option, names, known in lists for problem in _names(option, names or (), list(known))]
    for question, choice in answered.answers.items():
        if question not in key.questions:
            hint = nearest(question, list(key.questions), f"the questions are {', '.join(key.questions)}")
            found.append(Problem(Mark("--answer"), f"there is no question {question!r}", hint))
        else:
            found += _names(f"--answer {question}", choice, list(key.questions[question].choices))
    return found


def _names(option: str, names: Sequence[str], known: Sequence[str]) -> list[Problem]:
    hint = f"there are {', '.join(sorted(known))}"
    unknown = [Problem(Mark(option), f"there is no {name!r}", nearest(name, known, hint)) for name in names
               if name not in known]  # fmt: skip
    twice = sorted({name for name in names if names.count(name) > 1})
    return [*unknown, *(Problem(Mark(option), f"{name!r} is named twice", "name it once") for name in twice)]
