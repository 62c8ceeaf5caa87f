"""`rehearse debrief`: what each decision of a run did, and what would have come of others."""

from pathlib import Path

import click

from tui.arguments import KEPT_RUN, NEW_FILE, as_json, where
from tui.output import narrate, progress, say, say_json

_FORMS = click.Choice(["text", "markdown", "html", "json"])


@click.command("debrief", short_help="What each decision did, and what if it had not been taken.")
@click.argument("run", type=KEPT_RUN)
@click.option("--what-if", "questions", multiple=True, metavar="CHANGE", help="Play it again with this change.")
@click.option("--format", "form", type=_FORMS, default="text", show_default=True, help="How to write it.")
@click.option("--out", type=NEW_FILE, help="Write it to this file instead of stdout.")
@where
@as_json
def command(
    *, run: Path, questions: tuple[str, ...], form: str, out: Path | None, scenario: str | None, as_json: bool
) -> None:
    """Play RUN again without each decision, with the expert's next move, and along the known good ways.

    RUN is a journal, or the first characters of an archived run's digest.

    The timeline, the card with the entries that each finding rests on, what each decision was worth, when ways back
    closed, the expert's path, and one thing to revisit. Decisions have numbers; looking and thinking do not count.

    With --what-if and neither --format nor --out, only that is answered. CHANGE is `drop 3`, `4: ACTION @ TIME` in
    the place of decision 4, or `add: ACTION @ TIME`; `;;` stands between changes that go together. "hurt" are requests
    that failed beyond what fails on a good day, or succeeded to somebody's harm.

    \b
    Examples:
      rehearse run not-null-column --play trap-naive-rollback --journal run.jsonl
      rehearse debrief run.jsonl
      rehearse debrief run.jsonl --format html --out debrief.html
      rehearse debrief run.jsonl --what-if "drop 1"
      rehearse debrief run.jsonl --what-if "1: order tolerate-missing-utm" --what-if "add: stand_down @ 9m"
      rehearse debrief run.jsonl --json
    """
    from scorecards.debrief import Debrief
    from scorecards.forks import Forks
    from scorecards.reports.catalogue import render
    from scorecards.reports.text import branches, chosen
    from scorecards.what_if import read_what_if
    from sim.replay import read_journal
    from sim.scenario.load import find

    changes = [read_what_if(question) for question in questions]
    form = "json" if as_json else form
    with progress() as tell:
        tell("replaying")
        with Forks(read_journal(run), None if scenario is None else find(scenario)) as forks:
            if changes and out is None and form in {"text", "json"}:
                tell("playing it otherwise")
                asked = [forks.branch(one) for one in changes]
                told = {
                    "decisions": [one.as_json() for one in forks.decisions], "reached": forks.base.reached.as_json(),
                    "what_if": [one.as_json() for one in asked],
                }  # fmt: skip
                lines = [*chosen(forks.decisions), "", *branches(forks.base.reached, asked)]
            else:
                tell("playing it without each decision, and along the known ways")
                debrief = Debrief.of(forks, changes)
                told, lines = debrief.as_json(), render(debrief, form).rstrip("\n").split("\n")
    if form == "json" and out is None:
        say_json(told)
    else:
        written("\n".join(lines), out)


def written(text: str, out: Path | None) -> None:
    """A document: to a file, which is named on stderr, or to stdout."""
    if out is None:
        for line in text.split("\n"):
            say(line)
        return
    out.write_text(text + "\n", encoding="utf-8")
    narrate(f"written: {out}")
