"""Sometimes, somewhere in what is shipped: each action takes hold, each fault comes, each no is said.

What a catalogue holds and no run ever meets is untested, however many tests there are. The catalogues are read when
this runs, so whoever adds a member hears of it here.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby, product
from pathlib import Path
from typing import Any

import pytest

from sim.actions.base import Action
from sim.catalogue import ACTIONS, arguments_of, make, parameters
from sim.chance import between
from sim.clock import MINUTE, SECOND, millis
from sim.facts import Facts, FaultBegan, Refused
from sim.faults.catalogue import Fault
from sim.prove.candidates import candidates
from sim.scenario.load import catalogue
from sim.session import Session
from sim.stage import Stage
from tests.worlds import edited, story

BREADTH = Path(__file__).parents[1] / "engine" / "breadth"
SEEDS, ACTS = (1, 2), 14
ELSEWHERE = (
    "there are {FLAGS_MAX} flags already",
    "this system has no database",
    "has no way down",
    "bring the schema into a known state",
    "more than 0s, and a day at most",
)
"""No shipped scenario has what these need, or no walk comes by in time; each has a test of its own."""
SEVERAL = (
    ("smoke-gate", "1m", "add_smoke_check", {"service": "shop", "check": "mine", "endpoint": "POST /checkout"}),
    ("smoke-gate", "1m", "add_smoke_check", {"service": "shop", "check": "mine", "endpoint": "nowhere"}),
    (
        "smoke-gate", "1m", "add_smoke_check",
        {"service": "shop", "check": "mine", "endpoint": "POST /checkout", "version": "nowhere"},
    ),
    ("smoke-gate", "1m", "add_smoke_check", {"service": "shop", "check": "", "endpoint": "POST /checkout"}),
    ("not-null-column", "1m", "add_smoke_check", {"service": "shop", "check": "mine", "endpoint": "POST /orders"}),
    ("not-null-column", "2m", "announce", {"what": "plan", "text": "we wait"}),
    ("not-null-column", "2m", "announce", {"what": "plan", "text": ""}),
    ("not-null-column", "2m", "answer", {"question": "why-23502", "choice": ["old-code"]}),
    ("not-null-column", "2m", "restart", {"service": "shop", "at_once": 0}),
    ("not-null-column", "2m", "scale", {"service": "shop", "instances": -1}),
    ("not-null-column", "2m", "scale", {"service": "shop", "instances": 0}),
    ("not-null-column", "3m", "restart", {"service": "shop"}),
    ("not-null-column", "3m", "shift_traffic", {"from": "shop", "to": "shop"}),
    ("not-null-column", "30m", "silence", {"alert": "POST /orders", "for": "0s"}),
    ("not-null-column", "30m", "skip_to", {"to": "1m"}),
    ("not-null-column", "30m", "skip_to", {"to": "9h"}),
    ("cherry-picked-migration", "40m", "migrate_up", {"migration": "DIRTY"}),
    ("cherry-picked-migration", "50m", "fork_pipeline", {"service": "shop", "release": "v5.2.0", "without": []}),
    ("cherry-picked-migration", "50m", "fork_pipeline", {"service": "shop", "release": "v5.2.0", "without": "migrate"}),
    ("last-resort-restore", "54m", "take_backup", {"backup": "mine"}),
    ("last-resort-restore", "54m", "restore_backup", {"backup": "mine", "how": "in_place"}),
)  # fmt: skip
"""What a walk seldom meets, scenario by scenario in the order of time."""
TROUBLES = ("brown_out: {endpoint: POST /orders, errors: 0.1, slower: 500ms}", "full_disk: {service: shop}")
LAST = ("resolve", "stand_down")
GOOD = ("applied", "undone", "applying", "undoing")
NOWHERE = {str: "nowhere", int: 101, bool: False}
WORDS: Mapping[str, tuple[Any, ...]] = {
    "text": ("We look into it.", "x" * 10_000), "called": ("share",), "pattern": ("order", "("), "what": ("metrics",),
    "sql": ("SELECT 1", "SELECT " + "1" * 5000), "claim": ("identified", "resolved", "magic"), "severity": ("SEV9",),
    "percent": (-1, 101), "drop": ((), ("nowhere",)), "add": ((), ("nowhere",)),
}  # fmt: skip


class Met:
    """What happened in any run: actions that took hold, faults that began, and the lines from which a no was said."""

    def __init__(self) -> None:
        self.actions: set[str] = set()
        self.faults: set[str] = set()
        self.refusals: set[tuple[str, int]] = set()

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Note who says no."""
        for name in ("refused", "unknown"):
            said = getattr(Action, name)

            def noted(action: Action, *words: Any, said: Any = said) -> Any:
                frame = sys._getframe(1)
                self.refusals.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
                return said(action, *words)

            patch.setattr(Action, name, noted)

    def missing(self) -> tuple[list[str], list[str], list[str]]:
        """Actions, faults and refusals that were not met."""
        unheard = [
            f"{file}:{lines.start}: {words}"
            for file, lines, words in refusals()
            if not any((file, line) in self.refusals for line in lines) and not any(one in words for one in ELSEWHERE)
        ]
        return sorted(set(ACTIONS) - self.actions), sorted(set(Fault.model_fields) - self.faults), unheard


@cache
def refusals() -> tuple[tuple[str, range, str], ...]:
    """Every place in an action where a no can be said: its file, its lines and its words."""
    import sim.actions

    found = []
    for file in sorted(Path(sim.actions.__file__).parent.glob("*.py")):
        calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
        for call in calls if file.name != "base.py" else ():
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("refused", "unknown"):
                lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
                found.append((file.name, lines, ast.unparse(call)))
    return tuple(found)


def oddities(known: list[Action]) -> Iterator[Action]:
    """Every action with names that there are not, one at a time, and with words of every kind."""
    for name, action in ACTIONS.items():
        takes = parameters(action)
        asked = {key: WORDS.get(key, (NOWHERE.get(kind, ()),))[0] for key, (kind, needed) in takes.items() if needed}
        fitting = [one for one in known if one.name == name] or [make(name, asked)]
        for one in fitting[:4]:
            given = arguments_of(one)
            for key, (kind, _) in takes.items():
                for word in (*WORDS.get(key, ()), NOWHERE.get(kind, ("nowhere",)), "" if kind is str else None):
                    if word is not None:
                        yield make(name, {**given, key: word})


def refused(facts: Facts) -> bool:
    """Whether an action was answered with a no."""
    return any(isinstance(fact, Refused) for fact in facts)


def wander(session: Session, known: list[Action], met: Met) -> None:
    """Do this and that; whatever could have been asked on the way is asked of the world, which is not changed by it."""
    odd = list(oddities(known))
    pool = [one for one in (*known, *odd) if one.name not in LAST]
    for number in range(ACTS):
        for moment in (0, 1):
            due_ms = min((6 + 3 * number) * MINUTE + moment * SECOND, session.limit_ms)
            session.advance(max(session.now_ms, due_ms))
            if session.over:
                return
            world = session.engine.world
            here = [
                make(name, {"session": running})
                for name, action in ACTIONS.items()
                if set(parameters(action)) == {"session"}
                for running in world.running
            ]
            may = [one for one in (*pool, *here) if one.looks or not refused(one.decide(world))]
            fresh = [one for one in may if one.name not in met.actions] or may
            _act(session, fresh[between(session.seed, f"sometimes/{number}/{moment}", 0, len(fresh) - 1)], met)
    for name in LAST:
        _act(session, make(name, {}), met)


def _act(session: Session, action: Action, met: Met) -> None:
    if not session.over and not session.act(action):
        met.actions.add(action.name)


def queue(session: Session, known: list[Action], met: Met) -> None:
    """Somebody's report holds a table: a statement waits for it, a migration behind that, and they are given up."""
    session.advance(58 * MINUTE + SECOND)
    for action in (make("run_sql", {"sql": "ALTER TABLE users ADD COLUMN note text"}), *known):
        if action.name in ("run_sql", "migrate_up"):
            _act(session, action, met)
    for action in known:
        action.decide(session.engine.world)
    for running in session.engine.world.running:
        _act(session, make("cancel_statement", {"session": running}), met)
    session.advance(session.limit_ms)
    facts = [entry.fact for entry in session.journal.entries]
    met.faults |= {fact.fault for fact in facts if isinstance(fact, FaultBegan)}


def meet(met: Met, folder: Path) -> None:
    """Go where one has to go on purpose."""
    for name, steps in groupby(SEVERAL, key=lambda step: step[0]):
        with story(name) as now:
            for _, time, action, arguments in steps:
                now.session.advance(max(now.session.now_ms, millis(time)))
                dirty = [one for one, state in now.session.engine.world.migrations.items() if state not in GOOD]
                given = {key: dirty[0] if value == "DIRTY" and dirty else value for key, value in arguments.items()}
                _act(now.session, make(action, given), met)
    lines = "".join(f"  - {{at: 1m, fault: {{{trouble}}}}}\n" for trouble in TROUBLES)
    for place in (edited(folder, "not-null-column", ("story:\n", f"story:\n{lines}")), "sdk-breaking-change"):
        with story(place) as now:
            now.session.advance(now.session.limit_ms)
            facts = [entry.fact for entry in now.session.journal.entries]
            met.faults |= {fact.fault for fact in facts if isinstance(fact, FaultBegan)}


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Met:
    """Scenario after scenario, a walk at random in each, until there is nothing left to meet."""
    seen = Met()
    with pytest.MonkeyPatch.context() as patch:
        seen.listen(patch)
        meet(seen, tmp_path_factory.mktemp("troubles"))
        for seed, folder in product(SEEDS, (BREADTH, *catalogue().values())):
            if not any(seen.missing()):
                break
            with Stage(folder) as stage:
                known = [deed.action for deed in candidates(stage.loaded(seed)).deeds]
                if folder is BREADTH:
                    with stage.session(seed) as session:
                        queue(session, known, seen)
                with stage.session(seed) as session:
                    wander(session, known, seen)
    return seen


@pytest.mark.parametrize("kind", range(3), ids=["actions that take hold", "faults that come", "refusals that are said"])
def test_all_of_the_catalogue_is_met_somewhere(met: Met, kind: int) -> None:
    """Whatever no shipped scenario and no walk ever meets is listed."""
    never = met.missing()[kind]
    assert not never, "\n".join(["never met:", *never])
