"""Derives a scenario's verdict book: every answer that its plays, its good day and its releases need, asked anew.

python -m sim.books [SCENARIO…]            write the books
python -m sim.books --compare [SCENARIO…]  only say where they differ from what the server answers now
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from sim.engine.assembly import BOOK, Production, works
from sim.engine.endings import RESOLVED
from sim.errors import ExitCode, NotModelled
from sim.expect import unmet
from sim.fairness import SEEDS as FAIR_SEEDS
from sim.fairness import experiments
from sim.judge.book import Book, differences, read
from sim.judge.judge import Judge
from sim.judge.server import Server
from sim.judge.values import Lineage, script, seed_rows_decide
from sim.play import read_play
from sim.playset import BAD, GOOD
from sim.scenario.key_file import read_key
from sim.scenario.load import catalogue, find, load
from sim.scenario.values import Choice
from sim.stage import Stage

ANY = 1
EVERYWHERE = ("expert", "do-nothing")
SEEDS_MAX = 500


def derive(folder: Path, server: Server | None = None) -> Book:
    """Ask a server everything that this scenario's own plays ask, and remember it in a fresh book."""
    book = Book()
    judge = Judge(book, server)
    try:
        ask_everything(folder, judge)
    finally:
        judge.close()
    return book


def ask_everything(folder: Path, judge: Judge) -> list[str]:
    """Carry out the scenario's own plays, what the clues of its key do, and all its releases.

    The answer is what the plays expected and did not get. A play is carried out with its own seed; the expert's and
    doing nothing with others too, so that every value that a param can have is met.
    """
    seeds, missed = list(telling(folder)), list[str]()
    with Stage(folder, judge) as stage:
        for file in sorted((folder / "plays").glob("*.yaml")):
            play = read_play(file)
            own = ANY if play.seed is None else play.seed
            for seed in dict.fromkeys((own, *(seeds if file.stem in EVERYWHERE else ()))):
                with stage.session(seed) as session:
                    session.follow(play)
                    result = session.finish()
                if seed == own and play.expect is not None:
                    missed += [f"{file.stem}: {one}" for one in unmet(play.expect, result)]
                if file.stem.startswith(BAD if result.outcome == RESOLVED else GOOD):
                    missed.append(f"{file.stem}: came out {result.outcome} with seed {seed}")
        for seed in dict.fromkeys((*FAIR_SEEDS, *seeds)):
            _see(folder, stage, seed)
    for seed in seeds:
        _every_release(folder, judge, seed)
    return missed


def _see(folder: Path, stage: Stage, seed: int) -> None:
    """What the clues of the key do, as far as they go."""
    key = read_key(folder, load(folder).scenario)
    for steps in experiments(key) if key else ():
        with stage.session(seed) as session:
            for step in steps:
                session.advance(step.at_ms)
                session.act(step.action)


def telling(folder: Path) -> Iterator[int]:
    """The first seeds that between them draw every value of every param that is chosen from a list."""
    seen: set[tuple[str, str]] = set()
    for seed in range(1, SEEDS_MAX):
        loaded = load(folder, seed)
        chosen = {
            (name, loaded.params[name]) for name, how in loaded.scenario.params.items() if isinstance(how, Choice)
        }
        if not chosen <= seen:
            seen |= chosen
            yield seed
        if len(seen) == sum(len(how.choice) for how in loaded.scenario.params.values() if isinstance(how, Choice)):
            return


def _every_release(folder: Path, judge: Judge, seed: int) -> None:
    """Each release, with and without each fix, on the schema before, with and after each migration's way back."""
    production = Production(load(folder, seed), judge)
    scenario = production.scenario
    builds = [frozenset(changes) for changes in scenario.releases.values()]
    builds += [build | {fix} for build in builds for fix, spec in scenario.fixes.items() if set(spec.revises) <= build]
    for lineage in _lineages(production, judge):
        for name in works(scenario):
            for build in builds:
                production.judgements.judged(name, build, lineage)


def _lineages(production: Production, judge: Judge) -> Iterator[Lineage]:
    yield production.lineage
    for migration in production.scenario.database.migrations.values():
        up = judge.run(production.lineage, script(migration.up, transaction=migration.transaction), seed_rows_decide)
        yield up.after
        if migration.down is not None and up.refused is None:
            way_back = script(migration.down, transaction=migration.transaction)
            yield judge.run(up.after, way_back, seed_rows_decide).after


def main(arguments: list[str]) -> int:
    """Write or compare the books of the scenarios named, or of all."""
    names = [name for name in arguments if name != "--compare"] or list(catalogue())
    differing = 0
    for name in names:
        folder = find(name)
        derived = derive(folder)
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
