"""The ways that are known to lead to an end: the expert's, those the key accepts, and those that `prove` has stored."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scorecards.what_if import spelt
from sim.catalogue import make
from sim.clock import millis
from sim.errors import InvalidInput, Mark, Problem
from sim.play import Play, read_play
from sim.replay import Act
from sim.scenario.load import Loaded

EXPERT = "expert"
STORED = "prove.json"
_MOST_STORED = 3
TALK = frozenset({"declare", "page", "post_update", "announce", "resolve", "stand_down"})
"""What is only said, and nothing waits for it."""
_SAID = TALK - {"page", "resolve"}


@dataclass(frozen=True)
class Way:
    """A known good way: what it does, looks left out, since they change nothing."""

    name: str
    acts: tuple[Act, ...]

    @property
    def expert(self) -> bool:
        return self.name == EXPERT


def known_ways(loaded: Loaded) -> tuple[Way, ...]:
    """The expert's way first; a scenario without plays has none."""
    accepted = () if loaded.key is None else tuple(one.play for one in loaded.key.accepted)
    plays = {name: loaded.assets / "plays" / f"{name}.yaml" for name in (EXPERT, *accepted)}
    found = [way_of(name, read_play(path)) for name, path in plays.items() if path.is_file()]
    stored = loaded.assets / "plays" / STORED
    return (*found, *(stored_ways(stored) if stored.is_file() else ()))


def way_of(name: str, play: Play) -> Way:
    """A play as a way."""
    steps = [step for step in play.steps if not step.action.looks and not step.action.thinks]
    return Way(name, tuple(Act(step.at_ms, step.action, step.predict) for step in steps))


def stored_ways(path: Path) -> tuple[Way, ...]:
    """What `rehearse prove --store` has kept, the first few."""
    try:
        plays = json.loads(path.read_text(encoding="utf-8"))["plays"][:_MOST_STORED]
        return tuple(_stored(number, play["steps"]) for number, play in enumerate(plays, start=1))
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"these are no ways that `rehearse prove --store` has kept: {error}"
        raise InvalidInput([Problem(Mark(str(path)), what)]) from None


@dataclass(frozen=True)
class Rest:
    """What is left of a way, and how much later than in the way its matter has come so far."""

    acts: tuple[Act, ...]
    late_ms: int


def rest_of(way: Way, done: Sequence[Act]) -> Rest:
    """The acts of a way that are not among those that were done; what was said in other words was said as well."""
    had: dict[str, list[int]] = {}
    for act in done:
        had.setdefault(_same(act), []).append(act.at_ms)
    left, late_ms = [], 0
    for act in way.acts:
        times = had.get(_same(act), [])
        if not times:
            left.append(act)
        elif act.action.name not in TALK:
            late_ms = max(late_ms, times.pop(0) - act.at_ms)
        else:
            times.pop(0)
    return Rest(tuple(left), late_ms)


def onward(way: Way, done: Sequence[Act], now_ms: int) -> tuple[tuple[Act, ...], int]:
    """What was done, and from now on the rest of a way; where it is late for that, all of the rest comes later."""
    rest = rest_of(way, done)
    first_ms = min((act.at_ms for act in rest.acts if act.action.name not in TALK), default=now_ms)
    late_ms = max(rest.late_ms, now_ms - first_ms, 0)
    moved = [Act(max(act.at_ms + late_ms, now_ms), act.action, act.predict) for act in rest.acts]
    return (*done, *moved), late_ms


def _same(act: Act) -> str:
    return act.action.name if act.action.name in _SAID else spelt(act.action)


def _stored(number: int, steps: list[dict[str, object]]) -> Way:
    acts = [
        Act(
            millis(str(step["at"])),
            make(str(step["do"]), {name: given for name, given in step.items() if name not in {"at", "do", "predict"}}),
        )
        for step in steps
    ]
    return Way(f"found {number}", tuple(act for act in acts if not act.action.looks and not act.action.thinks))
