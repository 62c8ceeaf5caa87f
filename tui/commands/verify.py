"""`rehearse verify`: whether a run, done again, writes the same journal."""

from pathlib import Path

import click

from sim.errors import ExitCode
from tui.arguments import OLD_FILE, as_json, where
from tui.output import progress, say, say_json


@click.command("verify", short_help="Replay a journal and compare it.")
@click.argument("journal", type=OLD_FILE)
@where
@as_json
def command(*, journal: Path, scenario: str | None, as_json: bool) -> int:
    """Replay JOURNAL and compare it entry by entry; exit 1 at the first that differs.

    What a replay proves is that this log gives this result; not who played, nor how often they tried.

    \b
    Examples:
      rehearse run not-null-column --play expert --journal run.jsonl
      rehearse verify run.jsonl
      rehearse verify run.jsonl --scenario ./my-scenario
    """
    from sim.replay import verify
    from sim.scenario.load import find

    with progress() as tell:
        tell("replaying")
        difference = verify(journal, None if scenario is None else find(scenario))
    if as_json:
        say_json({"journal": journal, "same": difference is None, "difference": difference})
    else:
        say(f"{journal}: the same, entry by entry" if difference is None else difference)
    return ExitCode.PASSED if difference is None else ExitCode.FAILED
