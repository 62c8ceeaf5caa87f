"""Skills over time, from the runs of one trainee, and what to repeat when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scorecards.findings import Axis, Band, band
from scorecards.learning.kept import Attempt
from scorecards.learning.plans import Plan, plans_for
from scorecards.learning.schedule import Memory, Rated, memory

Measured = Mapping[str, tuple[str, ...]]
"""The skills of a scenario, and the criteria that measure each."""
Teaches = Callable[[str], Measured]
"""Gives the skills of a scenario by its id; nothing for one that is not there, or has no key."""


@dataclass(frozen=True)
class Skill:
    """One skill of one trainee: its attempts in order, what is remembered of it, and where it can be repeated."""

    name: str
    attempts: tuple[Rated, ...]
    scenario: str
    seeds: tuple[int, ...]
    memory: Memory
    plans: tuple[Plan, ...]

    @property
    def bands(self) -> str:
        """Band after band, the first attempt first."""
        return "".join(one.band.value for one in self.attempts)

    @property
    def next_seed(self) -> int:
        """An incident of the scenario that was not met yet."""
        return next(seed for seed in range(1, len(self.seeds) + 2) if seed not in self.seeds)

    @property
    def command(self) -> str:
        """What to type for the next attempt."""
        return f"rehearse play {self.scenario} --seed {self.next_seed} --mode {self.memory.mode}"

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "skill": self.name, "scenario": self.scenario, "bands": [one.band.value for one in self.attempts],
            "attempts": [
                {
                    "at": one.at.isoformat(), "share": round(one.share, 3), "band": one.band.value,
                    "rating": one.rating.name.lower(), "hints": one.hints, "passed": one.passed,
                }
                for one in self.attempts
            ],
            "due": self.memory.due.isoformat(), "is_due": self.memory.is_due(now),
            "stability_days": round(self.memory.stability, 2), "recalled": round(self.memory.recalled(now), 3),
            "mode": self.memory.mode, "command": self.command, "plans": [one.as_json() for one in self.plans],
        }  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """Where one trainee stands: skills, those due first; and each axis run by run."""

    trainee: str
    skills: tuple[Skill, ...]
    axes: Mapping[str, tuple[float, ...]]
    runs: int
    untaught: tuple[str, ...]

    def axis_bands(self, axis: str) -> str:
        return "".join(band(score).value for score in self.axes[axis])

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "trainee": self.trainee, "now": now.isoformat(), "runs": self.runs,
            "skills": [one.as_json(now) for one in self.skills],
            "axes": {name: list(scores) for name, scores in self.axes.items()}, "untaught": list(self.untaught),
        }  # fmt: skip


def progress(trainee: str, runs: Sequence[Attempt], teaches: Teaches) -> Progress:
    """What one trainee's runs say; scenarios that nothing is known of any more are named, and count for axes only."""
    ordered = sorted(runs, key=lambda one: (one.played_at, one.journal))
    measured = {name: teaches(name) for name in dict.fromkeys(one.scenario for one in ordered)}
    names = dict.fromkeys(skill for skills in measured.values() for skill in skills)
    plans = [plan for one in ordered for plan in one.plans]
    found = (_skill(name, ordered, measured, plans) for name in names)
    return Progress(
        trainee=trainee,
        skills=tuple(sorted((one for one in found if one is not None), key=lambda one: (one.memory.due, one.name))),
        axes={axis.value: tuple(one.axes.get(axis.value, 0.0) for one in ordered) for axis in Axis},
        runs=len(ordered),
        untaught=tuple(name for name, skills in measured.items() if not skills),
    )


def _skill(name: str, runs: Iterable[Attempt], measured: Mapping[str, Measured], plans: Iterable[Plan]) -> Skill | None:
    taken = [(one, share) for one in runs if (share := one.share(measured[one.scenario].get(name, ()))) is not None]
    rated = tuple(Rated(one.played_at, share, hints=one.hints > 0, passed=one.passed) for one, share in taken)
    known = memory(rated)
    if known is None:
        return None
    scenario = taken[-1][0].scenario
    seeds = tuple(one.seed for one, _ in taken if one.scenario == scenario)
    return Skill(name, rated, scenario, seeds, known, plans_for(name, plans))


def trend(bands: str) -> str:
    """Whether the last attempt was better than the first."""
    order = [one.value for one in reversed(Band)]
    if len(bands) < 2 or bands[0] == bands[-1]:
        return "" if len(bands) < 2 else "steady"
    return "better" if order.index(bands[-1]) > order.index(bands[0]) else "worse"
