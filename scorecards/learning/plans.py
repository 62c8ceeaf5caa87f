"""What somebody means to do next time, in one form: "When …, I will …"."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from sim.errors import InvalidInput, Mark, Problem

CHARACTERS_MAX = 500


@dataclass(frozen=True)
class Plan:
    """A cue and what is to follow it, for some skills; `made_at` is a date that was given, as ISO text."""

    when: str
    will: str
    skills: tuple[str, ...]
    scenario: str = ""
    made_at: str = ""

    @classmethod
    def made(cls, when: str, will: str, skills: Iterable[str], scenario: str, now: datetime) -> Self:
        """A plan from what was typed: both halves say something, each on one line."""
        halves = {"--when": when, "--will": will}
        tidy = {option: " ".join(text.split()).rstrip(".,;") for option, text in halves.items()}
        if problems := [problem for option, text in tidy.items() for problem in _doubts(option, text)]:
            raise InvalidInput(problems)
        made_at = now.isoformat(timespec="seconds")
        return cls(_without(tidy["--when"], "when "), _without(tidy["--will"], "i will "), tuple(skills), scenario,
                   made_at)  # fmt: skip

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """A plan as it was kept; what is no plan is a ValueError."""
        texts = {name: told.get(name, "") for name in ("when", "will", "scenario", "made_at")}
        skills = told.get("skills", [])
        if not all(isinstance(text, str) for text in texts.values()) or not isinstance(skills, list):
            raise ValueError("this is no plan")
        return cls(skills=tuple(map(str, skills)), **texts)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "skills": list(self.skills), "words": str(self)}

    def __str__(self) -> str:
        return f"When {self.when}, I will {self.will}."


def plans_for(skill: str, plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """What was planned for a skill, the latest first."""
    return tuple(sorted((one for one in plans if skill in one.skills), key=lambda one: one.made_at, reverse=True))


def _without(text: str, beginning: str) -> str:
    return text[len(beginning) :] if text.lower().startswith(beginning) else text


def _doubts(option: str, text: str) -> Iterable[Problem]:
    if not text:
        yield Problem(Mark(option), "it says nothing", 'write --when "…" and --will "…"')
    elif len(text) > CHARACTERS_MAX:
        yield Problem(Mark(option), f"it has {len(text)} characters", f"{CHARACTERS_MAX} at most; one cue, one deed")
