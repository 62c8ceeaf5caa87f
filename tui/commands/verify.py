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

    A journal without its last line, the seal, is compared as far as it goes, and that is said.

    What a replay proves is that this log gives this result; not who played, nor how often they tried.

    \b
    Examples:
      rehearse run not-null-column --play expert --journal run.jsonl
      rehearse verify run.jsonl
      rehearse verify run.jsonl --scenario ./my-scenario
    """
    from sim.replay import read_journal, verify
    from sim.scenario.load import find

    with progress() as tell:
        tell("replaying")
        difference = verify(journal, None if scenario is None else find(scenario))
    recorded = read_journal(journal)
    sealed = recorded.tail is not None
    if as_json:
        say_json({"journal": journal, "same": difference is None, "sealed": sealed, "difference": difference})
    elif difference is not None:
        say(difference)
    elif sealed:
        say(f"{journal}: the same, entry by entry")
    else:
        count = len(recorded.entries)
        say(f"{journal}: the same as far as it goes ({count} entries), and not sealed: its end is not there")
    return ExitCode.PASSED if difference is None else ExitCode.FAILED
