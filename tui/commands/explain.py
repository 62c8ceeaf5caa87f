"""`rehearse explain`: what stands behind a number."""

from pathlib import Path

import click

from sim.clock import show
from tui.arguments import MOMENT, OLD_FILE, as_json, where
from tui.output import progress, say, say_json


@click.command("explain", short_help="What stands behind a number.")
@click.argument("run", type=OLD_FILE)
@click.option("--at", "at_ms", type=MOMENT, required=True, help="The moment, from the start of the clock: 16m, 90s.")
@where
@as_json
def command(*, run: Path, at_ms: int, scenario: str | None, as_json: bool) -> None:
    """Show the mix × verdict × share behind each number of RUN (a journal) at one moment.

    \b
    Examples:
      rehearse run not-null-column --play trap-naive-rollback --journal run.jsonl
      rehearse explain run.jsonl --at 16m
      rehearse explain run.jsonl --at 16m --scenario ./my-scenario --json
    """
    from sim.explain import explain, lines
    from sim.replay import read_journal, replay
    from sim.scenario.load import find

    recorded = read_journal(run)
    with progress() as tell:
        tell("replaying")
        with replay(recorded, None if scenario is None else find(scenario), until_ms=at_ms) as session:
            reached_ms, rows = session.now_ms, explain(session.engine)
    if as_json:
        say_json({"at_ms": reached_ms, "asked_at_ms": at_ms, "endpoints": [row.as_json() for row in rows]})
    else:
        head = recorded.head
        beyond = f", where the run ended; {show(at_ms)} is beyond it" if reached_ms < at_ms else ""
        say("\n".join([f"{head['scenario']} (seed {head['seed']}) at {show(reached_ms)}{beyond}", *lines(rows)]))
