"""Derives a scenario's verdict book: every answer that its plays, its good day and its releases need, asked anew.

python -m sim.books [SCENARIO…]            write the books
python -m sim.books --compare [SCENARIO…]  only say where they differ from what the server answers now
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from sim.engine.assembly import BOOK, Production, works
from sim.errors import ExitCode, NotModelled, Problem
from sim.fairness import SEEDS as FAIR_SEEDS
from sim.fairness import experiments
from sim.judge.book import Book, differences, read
from sim.judge.judge import Judge
from sim.judge.values import Lineage, script, seed_rows_decide
from sim.playset import unexpected
from sim.scenario.key_file import read_key
from sim.scenario.load import catalogue, find
from sim.scenario.values import Choice
from sim.session import Progress
from sim.stage import Stage

SEEDS_MAX = 500


def derive(folder: Path) -> tuple[Book, list[Problem]]:
    """Ask a server everything that this scenario's own plays ask, and remember it in a fresh book."""
    book = Book()
    judge = Judge(book)
    try:
        with Stage(folder, judge) as stage:
            return book, ask_everything(stage)
    finally:
        judge.close()


def ask_everything(stage: Stage, tell: Progress = lambda _: None) -> list[Problem]:
    """Carry out the scenario's own plays, what the clues of its key do, and all its releases.

    The answer is what `check` finds in the plays. They meet every value that a param can have.
    """
    seeds = list(telling(stage))
    found = list(unexpected(stage, tell, seeds))
    for seed in dict.fromkeys((*FAIR_SEEDS, *seeds)):
        _see(stage, seed)
    for seed in seeds:
        _every_release(stage, seed)
    return found


def _see(stage: Stage, seed: int) -> None:
    """What the clues of the key do, as far as they go."""
    key = read_key(stage.folder, stage.loaded(seed).scenario)
    for steps in experiments(key) if key else ():
        with stage.session(seed) as session:
            for step in steps:
                session.advance(step.at_ms)
                session.act(step.action)


def telling(stage: Stage) -> Iterator[int]:
    """The first seeds that between them draw every value of every param that is chosen from a list."""
    seen: set[tuple[str, str]] = set()
    for seed in range(1, SEEDS_MAX):
        loaded = stage.loaded(seed)
        chosen = {
            (name, loaded.params[name]) for name, how in loaded.scenario.params.items() if isinstance(how, Choice)
        }
        if not chosen <= seen:
            seen |= chosen
            yield seed
        if len(seen) == sum(len(how.choice) for how in loaded.scenario.params.values() if isinstance(how, Choice)):
            return


def _every_release(stage: Stage, seed: int) -> None:
    """Each release, with and without each fix, on the schema before, with and after each migration's way back."""
    production = Production(stage.loaded(seed), stage.judge)
    scenario = production.scenario
    builds = [frozenset(changes) for changes in scenario.releases.values()]
    builds += [build | {fix} for build in builds for fix, spec in scenario.fixes.items() if set(spec.revises) <= build]
    for lineage in _lineages(production):
        for name in works(scenario):
            for build in builds:
                production.judgements.judged(name, build, lineage)


def _lineages(production: Production) -> Iterator[Lineage]:
    yield production.lineage
    for migration in production.scenario.database.migrations.values():
        way = script(migration.up, transaction=migration.transaction)
        up = production.judge.run(production.lineage, way, seed_rows_decide)
        yield up.after
        if migration.down is not None and up.refused is None:
            way_back = script(migration.down, transaction=migration.transaction)
            yield production.judge.run(up.after, way_back, seed_rows_decide).after


def main(arguments: list[str]) -> int:
    """Write or compare the books of the scenarios named, or of all."""
    names = [name for name in arguments if name != "--compare"] or list(catalogue())
    differing = 0
    for name in names:
        folder = find(name)
        derived, found = derive(folder)
        print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
        if "--compare" not in arguments:
            derived.write(folder / BOOK)
            print(f"{name}: {len(derived.asked)} answers")
            continue
        for question in differences(read(folder / BOOK), derived.asked):
            print(f"{name}: another answer to {question}")
            differing += 1
    return ExitCode.FAILED if differing else ExitCode.PASSED


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NotModelled as gap:
        sys.exit(str(gap))
