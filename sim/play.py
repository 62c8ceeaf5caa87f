"""A play: timed actions, observations included; with `expect:` it is a regression test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.actions.base import Action
from sim.catalogue import ACTIONS, make, unknown_action
from sim.clock import HOUR, millis, spell
from sim.errors import InvalidInput, Mark, Problem, nearest
from sim.expect import Expectation, read_expect
from sim.scenario.marks import Marks
from sim.scenario.marks import Path as Place
from sim.scenario.model import Scenario
from sim.scenario.nodes import Document, read
from sim.scenario.values import literal

_KEYS = ("scenario", "seed", "steps", "expect")
STEPS_MAX = 10_000
DIRECTIONS = ("up", "down", "unchanged")
SEED_MAX = 2**63 - 1


@dataclass(frozen=True)
class PlayStep:
    """An action at its time, counted from the start of the clock, with what was predicted of it."""

    at_ms: int
    action: Action
    predict: Mapping[str, Any] | None = None
    where: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Play:
    """What somebody does in one scenario; the empty play is doing nothing."""

    scenario: str = ""
    seed: int | None = None
    steps: tuple[PlayStep, ...] = ()
    expect: Expectation | None = None
    marks: Marks | None = field(default=None, compare=False)


def misfits(play: Play, scenario: Scenario) -> list[Problem]:
    """What a play asks of a scenario that it cannot have: times after its end, endpoints it does not know."""
    marks, limit = play.marks or Marks("play"), scenario.clock.limit
    endpoints = [name for service in scenario.services.values() for name in service.endpoints]
    late = f"the story ends at {spell(limit)}"
    place: Place
    found = [
        Problem(marks.value(("steps", number, "at")), "this step comes after the end of the story", late)
        for number, step in enumerate(play.steps)
        if step.at_ms > limit
    ]
    for block, _, _ in play.expect.totals if play.expect else ():
        kind, _, job = block.partition(".")
        if kind == "jobs" and job not in scenario.jobs:
            hint = nearest(job, tuple(scenario.jobs), f"known: {', '.join(scenario.jobs) or 'none'}")
            found.append(Problem(marks.key(("expect", "jobs", job)), f"unknown job {job!r}", hint))
    for number, step in enumerate(play.steps):
        named = (step.predict or {}).get("endpoint")
        if named is not None and named not in endpoints:
            hint = nearest(str(named), endpoints, f"known: {', '.join(endpoints)}")
            place = ("steps", number, "predict", "endpoint")
            found.append(Problem(marks.value(place), f"unknown endpoint {str(named)!r}", hint))
    for block, name, _ in play.expect.totals if play.expect else ():
        if block == "wrong" and name not in scenario.wrong:
            hint = nearest(name, tuple(scenario.wrong), f"known: {', '.join(scenario.wrong) or 'none'}")
            where = marks.key(("expect", "data", "wrong", name))
            found.append(Problem(where, f"unknown kind of damage {name!r}", hint))
    for moment in play.expect.moments if play.expect else ():
        place = ("expect", "at", moment.number)
        if moment.at_ms > limit:
            found.append(Problem(marks.value((*place, "time")), "this time comes after the end of the story", late))
        if moment.endpoint not in endpoints:
            hint = nearest(moment.endpoint, endpoints, f"known: {', '.join(endpoints)}")
            found.append(Problem(marks.value((*place, "endpoint")), f"unknown endpoint {moment.endpoint!r}", hint))
    return found


def read_play(path: Path) -> Play:
    """Read a play, or say everything that is wrong with it."""
    document = read(path)
    reader = _Reader(document)
    play = reader.play()
    if reader.problems:
        raise InvalidInput(sorted(reader.problems))
    return play


def read_steps(steps: list[Any], at: Place, marks: Marks) -> tuple[PlayStep, ...]:
    """Steps that stand somewhere else than in a play, or everything that is wrong with them."""
    reader = _Reader(Document(steps, marks))
    read = [reader.step((*at, number), step) for number, step in enumerate(steps)]
    reader.in_order(at, steps, read)
    if reader.problems:
        raise InvalidInput(sorted(reader.problems))
    return tuple(step for step in read if step is not None)


def read_seed(text: str) -> int:
    """Read a seed: a whole number, not negative."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > SEED_MAX:
        raise ValueError(f"{text[:40]!r} is no seed; write a whole number from 0 to 2^63-1, like 7")
    return int(text)


class _Reader:
    def __init__(self, document: Document) -> None:
        self.data: Any = document.data
        self.marks: Marks = document.marks
        self.problems: list[Problem] = []

    def say(self, place: Place, what: str, hint: str = "", *, key: bool = False) -> None:
        where = self.marks.key(place) if key else self.marks.value(place)
        self.problems.append(Problem(where, what, hint))

    def play(self) -> Play:
        if not isinstance(self.data, dict):
            self.say((), "a play is a mapping with `scenario:` and `steps:`", "see docs/plays.md")
            return Play()
        for key in self.data:
            if key not in _KEYS:
                self.say(
                    (key,), f"unknown key {str(key)!r}", nearest(key, _KEYS, f"known: {', '.join(_KEYS)}"), key=True
                )
        if "scenario" not in self.data:
            self.say((), "`scenario:` is missing", "say which scenario this is a play of")
        steps = self.data.get("steps", [])
        if not isinstance(steps, list) or len(steps) > STEPS_MAX:
            self.say(("steps",), f"`steps:` is a list of at most {STEPS_MAX} actions")
            steps = []
        taken = [self.step(("steps", number), step) for number, step in enumerate(steps)]
        self.in_order(("steps",), steps, taken)
        expect = read_expect(self.data["expect"], ("expect",), self.say) if "expect" in self.data else None
        read = tuple(step for step in taken if step is not None)
        return Play(str(self.data.get("scenario", "")), self.seed(), read, expect, self.marks)

    def seed(self) -> int | None:
        if "seed" not in self.data:
            return None
        try:
            return read_seed(str(self.data["seed"]))
        except ValueError as error:
            self.say(("seed",), str(error))
            return None

    def in_order(self, place: Place, steps: list[Any], read: list[PlayStep | None]) -> None:
        latest = 0
        for number, step in enumerate(read):
            if step is not None and step.at_ms < latest:
                self.say(
                    (*place, number, "at"),
                    f"{steps[number]['at']} is earlier than the step before it",
                    "time goes forward: put the steps in order",
                )
            latest = max(latest, step.at_ms if step else 0)

    def step(self, place: Place, step: Any) -> PlayStep | None:
        if not isinstance(step, dict):
            self.say(place, "a step is a mapping like {at: 5m, do: look, what: changelog}")
            return None
        at_ms, name = self.at(place, step), self.name(place, step)
        predict = step.get("predict")
        if predict is not None and not _is_prediction(predict):
            hint = "like {errors: down, confidence: 80}: up, down or unchanged, and 0 to 100; see docs/plays.md"
            self.say((*place, "predict"), "this is no prediction", hint)
        if at_ms is None or name is None:
            return None
        given = {key: value for key, value in step.items() if key not in ("at", "do", "predict")}
        try:
            action = make(name, {key: _plain(value) for key, value in given.items()})
        except ValueError as error:
            what, _, hint = str(error).partition("; ")
            self.say(place, what, hint)
            return None
        return PlayStep(at_ms, action, _plain(predict) if isinstance(predict, dict) else None, self.marks.value(place))

    def at(self, place: Place, step: Mapping[str, Any]) -> int | None:
        if "at" not in step:
            self.say(place, "`at:` is missing", "when, from the start of the clock: at: 5m")
            return None
        try:
            at_ms = millis(str(step["at"]))
        except ValueError as error:
            self.say((*place, "at"), str(error))
            return None
        if at_ms < 0:
            self.say((*place, "at"), f"{step['at']} lies before the start of the clock")
        return at_ms

    def name(self, place: Place, step: Mapping[str, Any]) -> str | None:
        if "do" not in step:
            self.say(place, "`do:` is missing", f"one of: {', '.join(ACTIONS)}")
            return None
        name = str(step["do"])
        if name not in ACTIONS:
            what, hint = unknown_action(name)
            self.say((*place, "do"), what, hint)
            return None
        return name


def _is_prediction(given: Any) -> bool:
    if not isinstance(given, dict) or set(given) - {"errors", "confidence", "endpoint", "within"}:
        return False
    confidence = str(given.get("confidence", "50"))
    try:
        if not 0 < millis(str(given.get("within", "5m"))) <= HOUR:
            return False
    except ValueError:
        return False
    return given.get("errors") in DIRECTIONS and confidence.isdigit() and int(confidence[:4]) <= 100


def _plain(value: Any) -> Any:
    """Scalars read as plain values, containers kept."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return literal(value)
