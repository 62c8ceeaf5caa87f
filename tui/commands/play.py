"""`rehearse play`: an incident, a clock, and you."""

import os
import sys
from importlib import import_module
from importlib.util import find_spec

import click

from tui.arguments import SEED, as_json

SEED_UNLESS_NAMED = 1


@click.command("play", short_help="Play an incident yourself, under a clock.")
@click.argument("scenario", required=False)
@click.option(
    "--mode", type=click.Choice(["drill", "guided", "exam"]), default="drill",
    help="drill: the clock may stop; guided: what happens is explained; exam: no pause, no hints.",
)  # fmt: skip
@click.option("--speed", type=click.FloatRange(0, 60), help="Simulated seconds for each real one (default: 6).")
@click.option("--step", is_flag=True, help="Time passes only when you say so; the same as --speed 0.")
@click.option("--seed", type=SEED, help="Which of the possible incidents (default: 1).")
@click.option("--plain", is_flag=True, help="Line by line: for screen readers, dumb terminals, pipes and scripts.")
@click.option(
    "--yes", "sure", is_flag=True, help="Do not ask before what cannot be undone, nor for the price of a hint."
)
@click.option(
    "--resume",
    metavar="RUN",
    is_flag=False,
    flag_value="",
    help="Go on with a run that was left: the last one, or RUN.",
)
@as_json
def command(
    *,
    scenario: str | None,
    mode: str,
    speed: float | None,
    step: bool,
    seed: int | None,
    plain: bool,
    sure: bool,
    resume: str | None,
    as_json: bool,
) -> int:
    """Play SCENARIO (an id or a folder) in the console, or line by line with --plain.

    With --json (line by line) what is said goes to stderr, and what came of the run to stdout.

    Whatever happens to the program, the run can be resumed: its journal is written entry by entry. In a pipe time
    passes only by what is typed, so that the same lines give the same digest.

    \b
    Examples:
      rehearse play
      rehearse play tutorial --mode guided
      rehearse play not-null-column --plain --speed 0
      rehearse play not-null-column --plain --yes < my-lines.txt
      rehearse play --resume
    """
    alone = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    pace = 0.0 if step else speed
    if alone and not plain and not as_json and find_spec("tui.console.app") is not None:
        console = import_module("tui.console.app")
        code: int = console.start(scenario, mode=mode, speed=pace, seed=seed, resume=resume)
        return code
    if scenario is None and resume is None:
        return _choose(as_json=as_json)
    from tui.plain_loop import play, resumed, started

    if resume is None:
        begun = started(scenario or "", SEED_UNLESS_NAMED if seed is None else seed, mode, pace)
    else:
        begun = resumed(resume, scenario, pace)
    return play(begun, again=resume is not None, sure=sure, as_json=as_json)


def _choose(*, as_json: bool) -> int:
    """Without a scenario: what there is, and where to begin."""
    from tui.commands.list import HEAD, row, scenarios
    from tui.live import unfinished
    from tui.output import say, say_json, table

    if as_json:
        say_json(scenarios())
        return 0
    say(table(HEAD, (row(entry) for entry in scenarios())))
    if left := unfinished():
        say(f"\n{left[0].name.partition('.')[0]} was left: `rehearse play --resume` goes on with it.")
    say("\nNew to this? `rehearse play tutorial --mode guided`, which takes three minutes.")
    return 0
