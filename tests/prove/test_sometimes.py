"""Sometimes, in one of 200 short walks: each action takes hold, each says no, each fault comes, each no is said.

What a catalogue holds and no run ever meets is untested, however many tests there are. The catalogues are read when
this runs, so whoever adds a member hears of it here.
"""

import ast
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.actions.base import Action
from sim.actions.create_flag import FLAGS_MAX
from sim.catalogue import ACTIONS, arguments_of, make, parameters
from sim.chance import between
from sim.clock import MINUTE
from sim.errors import NotModelled
from sim.facts import FaultBegan
from sim.faults.catalogue import Fault
from sim.play import read_play
from sim.prove.candidates import candidates
from sim.scenario.load import find
from sim.session import Session
from sim.stage import Stage
from sim.world import World

EVERYTHING = Path(__file__).parent / "everything"
TUTORIAL = find("tutorial")
BARE = """
format: 1
id: bare
title: Nothing is kept
clock: {starts: "2026-03-13 23:00", limit: 10m}
services:
  page:
    instances: 1
    release: v1
    pool: {connections: 1, timeout: 1s}
    endpoints:
      GET /:
        rps: 1
        latency: {median: 10ms}
        steps: {}
releases: {v1: []}
done: {healthy: {endpoints: all, below: 0.01}, hold: 1m}
"""
PLACES = (EVERYTHING, EVERYTHING, EVERYTHING, TUTORIAL)
SEEDS, MOMENTS, ACTS = 200, 3, 6
LAST = ("resolve", "stand_down")
NEVER_REFUSED = {*LAST, *(name for name, action in ACTIONS.items() if action.looks)}
"""The end is for the trainee to claim, and what looks answers in words."""
NOWHERE = {str: "nowhere", int: 101, bool: False}
WORDS: Mapping[str, tuple[Any, ...]] = {
    "sql": ("SELECT 1", "UPDATE users SET phone = '1' WHERE phone IS NULL", "SELECT nothing", "SELECT " + "1" * 5000),
    "text": ("We look into it.", ""), "says": ("It is the check.", ""), "what": ("plan", "metrics", "logs"),
    "claim": ("identified", "resolved"), "check": ("mine", ""), "endpoint": ("POST /visits", "POST /orders"),
    "version": ("candidate",), "question": ("which",), "choice": ((), ("pr-12",), ("nowhere",)),
    "pattern": ("visits", "("), "percent": (-1, 100), "instances": (-1, 2), "at_once": (0, 1), "service": ("shop",),
    "for": ("0s", "10m"), "to": ("1m", "30m", "9h", "green"), "pause": ("0s", "-1s"), "batch": (0, 500),
    "without": ((), ("smoke",)), "stage": ("smoke", "contract"), "state": ("applied", "believed"),
    "about": ("what-now",), "flag": ("a b", "share"),
}  # fmt: skip
"""What people type for a parameter, sound or not, beside what the scenario has."""
ON_PURPOSE = "plays/on-purpose.yaml"
"""What a walk seldom meets, as a play; and what only other systems refuse."""
IN_THE_TUTORIAL = tuple(
    (MINUTE, make(name, arguments))
    for name, arguments in (
        *(("create_flag", {"flag": f"flag_{number}"}) for number in range(FLAGS_MAX + 1)),
        ("roll_back", {"service": "shop"}),
        ("shift_traffic", {"from": "shop", "to": "shop"}),
        ("add_smoke_check", {"service": "shop", "check": "mine", "endpoint": "POST /orders"}),
        ("hint", {"about": "nowhere"}),
        ("answer", {"question": "which", "choice": []}),
    )
)
WITHOUT_TABLES = tuple(
    (MINUTE, make(name, arguments))
    for name, arguments in (
        ("run_sql", {"sql": "SELECT 1"}),
        ("backfill", {"sql": "DELETE FROM users"}),
        ("take_backup", {"backup": "mine"}),
    )
)


@dataclass
class Met:
    """What happened in any run: who took hold, who said no and from which line, and which faults began."""

    held: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    lines: set[tuple[str, int]] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)
    noes: int = 0

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Note who says no."""
        for name in ("refused", "unknown"):
            said = getattr(Action, name)

            def noted(action: Action, *words: Any, said: Any = said) -> Any:
                frame = sys._getframe(1)
                self.lines.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
                self.refused.add(action.name)
                self.noes += 1
                return said(action, *words)

            patch.setattr(Action, name, noted)

    def act(self, session: Session, action: Action) -> None:
        """Do it, and note whether anybody said no."""
        before, over = self.noes, session.over
        session.act(action)
        if self.noes == before and not over:
            self.held.add(action.name)

    def look_back(self, session: Session) -> None:
        """Note the faults of a run that ends here."""
        facts = (entry.fact for entry in session.journal.entries)
        self.faults |= {fact.fault for fact in facts if isinstance(fact, FaultBegan)}

    def missing(self) -> Mapping[str, list[str]]:
        """What was never met, by name."""
        unsaid = [
            f"{file}:{lines.start}: {words}"
            for file, lines, words in refusals()
            if not any((file, line) in self.lines for line in lines)
        ]
        return {
            "actions that take hold": sorted(set(ACTIONS) - self.held),
            "actions that are refused": sorted(set(ACTIONS) - NEVER_REFUSED - self.refused),
            "faults that come": sorted(set(Fault.model_fields) - self.faults),
            "refusals that are said": unsaid,
        }


@cache
def refusals() -> tuple[tuple[str, range, str], ...]:
    """Every place where an action can be told no: its file, its lines and its words."""
    found = []
    for file in sorted(Path(sim.__file__).parent.rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
        for call in calls if file.name != "base.py" else ():
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("refused", "unknown"):
                lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
                found.append((file.name, lines, ast.unparse(call)))
    return tuple(found)


class Walker:
    """Draws what to do next; equal seeds walk equal ways."""

    def __init__(self, session: Session, known: Mapping[str, list[Action]]) -> None:
        self.session, self.known, self.draws = session, known, 0

    def one_of(self, items: list[Any]) -> Any:
        """One of them, by the seed."""
        self.draws += 1
        return items[between(self.session.seed, f"sometimes/{self.draws}", 0, len(items) - 1)]

    def action(self) -> Action:
        """Any action: as the scenario has it, or with one of its arguments replaced by some word."""
        name = self.one_of([name for name in ACTIONS if name not in LAST])
        takes = parameters(ACTIONS[name])
        given = {key: self._word(key, kind) for key, (kind, needed) in takes.items() if needed}
        if self.known.get(name) and self.one_of([True, True, False]):
            given = arguments_of(self.one_of(self.known[name]))
        if takes and self.one_of([True, False]):
            key = self.one_of(list(takes))
            given[key] = self._word(key, takes[key][0])
        return make(name, given)

    def _word(self, key: str, kind: Any) -> Any:
        there = _there(self.session.engine.world, key)
        return self.one_of([*WORDS.get(key, ()), *there, NOWHERE.get(kind, ("nowhere",))])


def _there(world: World, key: str) -> list[Any]:
    """What only the run has."""
    if key == "session":
        return [*world.running, *world.sessions]
    return list(world.backups) if key == "backup" else []


def walk(met: Met, session: Session, known: Mapping[str, list[Action]]) -> None:
    """Do this and that, a few things at a time, and claim at last that it is over."""
    walker = Walker(session, known)
    for _ in range(MOMENTS):
        session.advance(min(session.now_ms + walker.one_of([0, 1, 2, 3, 5]) * MINUTE, session.limit_ms))
        for _ in range(ACTS):
            met.act(session, walker.action())
    met.act(session, make(walker.one_of(list(LAST)), {}))


def wander(met: Met, place: Path, seeds: Iterable[int]) -> None:
    """Walk after walk in one place."""
    with Stage(place) as stage:
        for seed in seeds:
            known: dict[str, list[Action]] = {}
            for deed in candidates(stage.loaded(seed)).deeds:
                known.setdefault(deed.action.name, []).append(deed.action)
            with stage.session(seed) as session, suppress(NotModelled):
                walk(met, session, known)
                met.look_back(session)


def go(met: Met, session: Session, steps: Iterable[tuple[int, Action]]) -> None:
    """Do these things, and let the rest of the story happen."""
    for at_ms, action in steps:
        session.advance(at_ms)
        met.act(session, action)
    session.advance(session.limit_ms)
    met.look_back(session)


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Met:
    """Two hundred walks, and a few ways on purpose."""
    seen = Met()
    with pytest.MonkeyPatch.context() as patch:
        seen.listen(patch)
        for place in dict.fromkeys(PLACES):
            wander(seen, place, (seed for seed in range(1, SEEDS + 1) if PLACES[seed % len(PLACES)] is place))
        play = [(step.at_ms, step.action) for step in read_play(EVERYTHING / ON_PURPOSE).steps]
        bare = tmp_path_factory.mktemp("bare") / "scenario.yaml"
        bare.write_text(BARE)
        for place, steps in ((EVERYTHING, play), (TUTORIAL, IN_THE_TUTORIAL), (bare, WITHOUT_TABLES)):
            with Session.open(place, 1) as session:
                go(seen, session, steps)
    return seen


@pytest.mark.parametrize("kind", list(Met().missing()))
def test_all_of_the_catalogue_is_met_somewhere(met: Met, kind: str) -> None:
    """Whatever no walk ever meets is listed."""
    never = met.missing()[kind]
    assert not never, "\n".join(["never met:", *never])
