"""`rehearse report`: a run as a document for others."""

from pathlib import Path

import click

from tui.arguments import KEPT_RUN, as_json, where
from tui.output import narrate, progress, say_json

_FORMS = click.Choice(["html", "markdown", "star", "log", "json"])


class NewFileOrFolder(click.ParamType[Path]):
    """A file to write; or, for a rehearsal log, a folder of them."""

    name = "FILE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The folder above must be there: a replay must not end before it finds out."""
        path = Path(str(value))
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r}; make it first", param, ctx)
        return path


@click.command("report", short_help="A run as a page, a report, a draft or a log.")
@click.argument("run", type=KEPT_RUN)
@click.option("--format", "form", type=_FORMS, required=True, help="Which document.")
@click.option("--out", type=NewFileOrFolder(), required=True, help="Where to write it; for a log also a folder.")
@where
@as_json
def command(*, run: Path, form: str, out: Path, scenario: str | None, as_json: bool) -> None:
    """Write a document about RUN, a journal or the first characters of an archived run's digest.

    It is played again for that: nothing in the file is believed.

    `html` is one page that needs no network, `markdown` an after-action report with follow-ups whose owners you name,
    `star` a draft of Situation, Task, Action and Result with blanks for your own words, `log` the record of a
    rehearsal. For a log --out may be a folder: the next number in it is taken.

    \b
    Examples:
      rehearse report run.jsonl --format html --out debrief.html
      rehearse report run.jsonl --format star --out star.md
      rehearse report run.jsonl --format log --out rollback-rehearsals/
    """
    from scorecards.debrief import Debrief
    from scorecards.forks import Forks
    from scorecards.reports.catalogue import render
    from scorecards.reports.rehearsal_log import next_log
    from sim.replay import read_journal
    from sim.scenario.load import find

    if form != "log" and out.is_dir():
        raise click.BadParameter(f"{str(out)!r} is a folder; name a file in it", param_hint="--out")
    with progress() as tell:
        tell("replaying, and playing it otherwise")
        with Forks(read_journal(run), None if scenario is None else find(scenario)) as forks:
            debrief = Debrief.of(forks)
    if form == "log" and not out.suffix:
        out.mkdir(exist_ok=True)
        out = next_log(out)
    text = render(debrief, form, out.stem if out.stem.isdigit() else "").rstrip("\n") + "\n"
    out.write_text(text, encoding="utf-8")
    if as_json:
        say_json({"written": out, "format": form, "digest": debrief.run.result.digest})
    else:
        narrate(f"written: {out}")
