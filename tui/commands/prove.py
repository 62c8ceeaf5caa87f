"""`rehearse prove`: what could be done in a scenario, and what it comes to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.errors import ExitCode
from tui.arguments import NEW_FILE, SEED, as_json
from tui.output import narrate, plain, say, say_json

if TYPE_CHECKING:
    from sim.prove.search import Search

BUDGET = 1000


@click.command("prove", short_help="Whether a scenario can be resolved, in how many ways, by whom.")
@click.argument("scenario")
@click.option("--budget", type=click.IntRange(min=1), default=BUDGET, show_default=True, help="The most plays to try.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Which of the possible incidents.")
@click.option("--store", type=NEW_FILE, help="Keep the ways that were found as plays, in one JSON file.")
@as_json
def command(*, scenario: str, budget: int, seed: int, store: Path | None, as_json: bool) -> int:
    """Try what could be done in SCENARIO (an id or a folder), play by play, each a whole run.

    What is tried comes from the catalogue of actions and from what the scenario has, never from its answer key. Three
    kinds of players who do not know the answer then play several seeds. Exit 1 if nothing resolves it, 3 if the engine
    does not stand a play. Ctrl-C ends the search with what it has found so far.

    \b
    Examples:
      rehearse prove not-null-column
      rehearse prove ungated-flag --budget 200 --seed 7
      rehearse prove ./my-scenario --json --store ways.json
    """
    from sim.prove.report import measured, reported
    from sim.prove.search import Search
    from sim.scenario.load import find
    from sim.stage import Stage

    difficulty: dict[str, tuple[int, int]] = {}
    with Stage(find(scenario)) as stage:
        search, stopped = Search(stage, seed, budget), False
        try:
            with bar(budget) as show:
                for _ in _work(search):
                    show(search)
                for _ in measured(search, difficulty):
                    show(search)
        except KeyboardInterrupt:
            stopped = True
            narrate("\ninterrupted: this is what was found so far")
        report = reported(search, difficulty)
    if store is not None:
        import json

        plays = [{"scenario": report.scenario, "seed": seed, "steps": path.as_json()["steps"]} for path in report.paths]
        kept = {"scenario": report.scenario, "fingerprint": report.fingerprint, "plays": plain(plays)}
        store.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if as_json:
        say_json(report.as_json())
    else:
        say("\n".join(report.lines()))
    if stopped:
        return ExitCode.INTERRUPTED
    if report.bugs:
        return ExitCode.BUG
    return ExitCode.PASSED if report.paths else ExitCode.FAILED


def _work(search: "Search") -> Iterator[int]:
    yield from search.explore()
    yield from search.later()


@contextmanager
def bar(budget: int) -> Iterator[Callable[["Search"], None]]:
    """A bar on stderr with plays a minute; nothing when stderr is no terminal."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("trying", total=budget)

        def show(search: "Search") -> None:
            speed = f"{60 * search.plays / search.seconds:.0f} a minute" if search.seconds else "trying"
            progress.update(task, completed=min(search.plays, budget), description=speed)

        yield show
