"""What a search has found, for people and for programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.prove.policies import POLICIES, resolved
from sim.prove.search import Search
from sim.prove.trial import BUG, Trial

POLICY_SEEDS = {"random": 20, "reflex": 5, "careful": 10}


@dataclass(frozen=True)
class Report:
    """A scenario as the search met it. `difficulty` is how many of each kind of player got there, of how many."""

    scenario: str
    seed: int
    fingerprint: str
    whole: bool
    plays: int
    plays_a_minute: float
    nothing: Trial
    naive: Trial
    paths: tuple[Trial, ...]
    later: Mapping[tuple[str, ...], bool]
    useless: tuple[str, ...]
    bugs: tuple[Trial, ...]
    not_searched: Mapping[str, str]
    difficulty: Mapping[str, tuple[int, int]]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "scenario": self.scenario, "seed": self.seed, "fingerprint": self.fingerprint,
            "solvable": bool(self.paths), "whole": self.whole, "plays": self.plays,
            "plays_a_minute": round(self.plays_a_minute), "do_nothing": self.nothing.as_json(),
            "naive": self.naive.as_json(), "paths": [path.as_json() for path in self.paths],
            "single": [str(path.deeds[0]) for path in self.paths if len(path.deeds) == 1],
            "useless": list(self.useless), "bugs": [one.as_json() for one in self.bugs],
            "not_searched": dict(self.not_searched),
            "difficulty": {name: {"resolved": got, "of": of} for name, (got, of) in self.difficulty.items()},
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The same for people."""
        how_far = "everything up to the depth was tried" if self.whole else "the budget ended the search"
        yield f"{self.scenario} (seed {self.seed}): {'solvable' if self.paths else 'no way was found'}; {how_far}"
        yield f"{self.plays} plays, {self.plays_a_minute:.0f} a minute"
        yield f"do nothing: {_cost(self.nothing)}"
        yield f"roll back at the alert: {_cost(self.naive)}"
        yield f"{len(self.paths)} ways that resolve it, in none of which anything can be left out:"
        for path in self.paths:
            late = self.later.get(tuple(map(str, path.deeds)))
            when = "" if late is None else "; five minutes later too" if late else "; not five minutes later"
            yield f"  {' → '.join(map(str, path.deeds))}: {_cost(path)}{when}"
        for path in self.paths:
            if len(path.deeds) == 1:
                yield f"one action alone resolves it: {path.deeds[0]}"
        yield f"in none of them: {', '.join(self.useless) or 'every action is in some'}"
        yield from (f"{BUG}: {' → '.join(map(str, one.deeds))}: {one.counts['why']}" for one in self.bugs)
        yield from (f"not searched: {name}: {why}" for name, why in self.not_searched.items())
        for name, (got, of) in self.difficulty.items():
            yield f"of {of} {name} players {got} get there"


def _cost(trial: Trial) -> str:
    said = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in trial.counts.items() if value)
    return f"{trial.outcome}, {said or 'nothing failed'}"


def measured(search: Search, difficulty: dict[str, tuple[int, int]]) -> Iterator[int]:
    """Let each kind of player play, and count; a place to stop after each."""
    start_ms, deeds = search.start_ms, search.candidates.deeds
    for name, policy in POLICIES.items():
        got = 0
        for number in range(POLICY_SEEDS[name]):
            got += resolved(search.stage, policy, deeds, search.seed + number, start_ms)
            difficulty[name] = (got, number + 1)
            yield number


def reported(search: Search, difficulty: Mapping[str, tuple[int, int]]) -> Report:
    """What stands so far."""
    paths = tuple(search.good())
    used = {name for way in search.ways() for deed in way.deeds for name in deed.actions}
    tried = {deed.action.name for deed in search.candidates.deeds}
    later = {tuple(map(str, deeds)): tried_later.good for (deeds, late), tried_later in search.trials.items() if late}
    loaded = search.stage.loaded(search.seed)
    naive = search.naive()
    return Report(
        scenario=loaded.scenario.id, seed=search.seed, fingerprint=search.stage.fingerprint, whole=search.whole,
        plays=search.plays, plays_a_minute=60 * search.plays / search.seconds if search.seconds else 0.0,
        nothing=search.nothing, naive=naive, paths=paths, later=later, useless=tuple(sorted(tried - used)),
        bugs=tuple(one for one in search.trials.values() if one.outcome == BUG),
        not_searched=search.candidates.not_searched, difficulty=dict(difficulty),
    )  # fmt: skip
