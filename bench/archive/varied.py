"""Real runs, no two alike: plays of several scenarios with their steps moved, dropped and doubted, seed after seed."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scorecards.findings import Card
from scorecards.grade import grade
from scorecards.run import Run
from sim.catalogue import make
from sim.errors import RehearsalError
from sim.journal import Keeping
from sim.play import Play, PlayStep, read_play
from sim.scenario.key import Key
from sim.scenario.load import find
from sim.stage import Stage

SCENARIOS = ("not-null-column", "tutorial", "three-changes", "lock-queue", "ungated-flag", "smoke-gate")
PROBES = ("metrics", "logs", "changelog", "migrations", "alerts", "status", "flags", "messages", "schema", "deploys")
MINUTE = 60_000


def varied(play: Play, key: Key | None, chance: random.Random, limit_ms: int) -> Play:
    """Somebody else's version of a play: hesitant or quick, with other looks, some steps forgotten."""
    pace, care = chance.lognormvariate(0, 0.3), chance.random()
    steps = [
        replace(step, at_ms=int(min(limit_ms, step.at_ms * pace + chance.uniform(-0.5, 1) * MINUTE)))
        for step in play.steps
        if chance.random() > 0.12
    ]
    first = min((step.at_ms for step in steps), default=5 * MINUTE)
    for _ in range(int(care * 12)):
        moment = int(min(limit_ms, max(0, first + chance.uniform(-3, 15) * MINUTE)))
        steps.append(PlayStep(moment, make("look", {"what": chance.choice(PROBES)})))
    for name, question in (key.questions if key else {}).items():
        choice = question.right if chance.random() < 0.4 + care / 2 else (chance.choice(list(question.choices)),)
        if chance.random() < 0.9:
            steps.append(PlayStep(limit_ms, make("answer", {"question": name, "choice": list(choice)})))
    kept = [replace(step, at_ms=max(0, step.at_ms)) for step in steps]
    return replace(play, steps=tuple(sorted(kept, key=lambda step: step.at_ms)), expect=None)


def play_some(folder: Path, count: int, first: int = 1) -> Iterator[tuple[Path, Card]]:
    """Carry out `count` runs of each scenario, each with its own seed and its own way, and grade them."""
    for scenario in SCENARIOS:
        place = find(scenario)
        plays = [read_play(file) for file in sorted((place / "plays").glob("*.yaml"))]
        with Stage(place) as stage:
            for seed in range(first, first + count):
                chance = random.Random(f"{scenario}/{seed}")
                path = folder / f"{scenario}-{seed}.jsonl"
                loaded = stage.loaded(seed)
                play = varied(chance.choice(plays), loaded.key, chance, loaded.scenario.clock.limit)
                try:
                    with stage.session(seed, Keeping(path)) as session:
                        session.follow(play)
                        card = grade(Run.of(session, session.finish()))
                except (RehearsalError, ValueError) as error:
                    print(f"{scenario} seed {seed}: {error}")
                    continue
                yield path, card
