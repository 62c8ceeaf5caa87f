"""`rehearse archive`: the runs that were kept, and the index over them."""

from collections.abc import Callable
from pathlib import Path

import click

from scorecards.archive.folder import Folder
from scorecards.findings import Card
from sim.errors import ExitCode, InvalidInput, Mark, Problem
from tui.arguments import OLD_FILE, as_json
from tui.keeping import data_folder, folder_of
from tui.output import progress, say, say_json

WHAT = ("path", "ingest", "rebuild", "verify")


@click.command("archive", short_help="The runs that were kept, and the index over them.")
@click.argument("what", type=click.Choice(WHAT))
@click.argument("journals", nargs=-1, type=OLD_FILE)
@data_folder
@click.option("--no-grade", is_flag=True, help="Take runs that have no card yet as they are, and judge them later.")
@click.option("--replay", type=click.IntRange(0), default=0, metavar="N", help="verify: play the latest N again.")
@as_json
def command(
    *, what: str, journals: tuple[Path, ...], named: str | None, no_grade: bool, replay: int, as_json: bool
) -> int:
    """Look after the archive: one sealed journal per run is the truth, a DuckDB file beside them the index.

    `path` says where it is and what lies there; `ingest` brings what is new into the index, and JOURNALS from
    elsewhere into the folder; `rebuild` makes the index again from the journals; `verify` holds the index against the
    journals, and exits 1 if they differ.

    \b
    Examples:
      rehearse archive path
      rehearse archive ingest
      rehearse archive ingest from-another-host/*.jsonl
      rehearse archive verify --replay 20
      rehearse archive rebuild
    """
    if journals and what != "ingest":
        raise InvalidInput([Problem(Mark(str(journals[0])), f"`archive {what}` takes no journals", "`ingest` does")])
    folder = folder_of(named)
    if what == "path":
        return _path(folder, as_json)
    if what == "verify":
        return _verify(folder, replay, as_json)
    return _bring(folder, what, journals, no_grade, as_json)


def _path(folder: Folder, as_json: bool) -> int:
    from scorecards.archive.spool import sealed, settle_parts

    waiting = settle_parts(folder)
    runs = len(sealed(folder))
    told = {
        "folder": folder.path,
        "index": folder.index,
        "runs": runs,
        "open": waiting.open,
        "abandoned": waiting.abandoned,
    }
    if as_json:
        say_json(told)
        return ExitCode.PASSED
    say(folder.path)
    say(f"{runs} sealed, {len(waiting.open)} under way, {len(waiting.abandoned)} abandoned")
    say("\n".join(f"abandoned: {folder.runs / name}" for name in waiting.abandoned) or f"index: {folder.index}")
    return ExitCode.PASSED


def _verify(folder: Folder, replay: int, as_json: bool) -> int:
    from scorecards.archive.inspect import inspect

    with progress() as tell:
        tell("comparing")
        doubts = list(inspect(folder, replay))
    if as_json:
        say_json({"folder": folder.path, "sound": not doubts, "doubts": doubts})
    else:
        say("\n".join(f"{doubt.journal}: {doubt.what}" for doubt in doubts) or "the index and the journals agree")
    return ExitCode.FAILED if doubts else ExitCode.PASSED


def _bring(folder: Folder, what: str, journals: tuple[Path, ...], no_grade: bool, as_json: bool) -> int:
    from scorecards.archive.ingest import ingest, rebuild
    from scorecards.archive.spool import bring

    bring(folder, list(journals))
    with progress() as tell:
        tell("reading journals")
        report = (rebuild if what == "rebuild" else ingest)(folder, None if no_grade else _grader(tell))
    if as_json:
        say_json(report)
        return ExitCode.PASSED
    say(f"{report.runs} runs brought into the index, {report.graded} of them graded now")
    for word, names in (("under way", report.open), ("abandoned, and not a run", report.abandoned)):
        for name in names:
            say(f"{word}: {name}")
    for word, told in (("left out", report.damaged), ("not graded", report.ungraded)):
        for name, why in told.items():
            say(f"{word}: {name}: {why}")
    for path in report.aside:
        say(f"could not be read, and lies here now: {path}")
    return ExitCode.PASSED


def _grader(tell: Callable[[str], None]) -> Callable[[Path], Card]:
    from scorecards.grade import grade
    from scorecards.run import Run

    def graded(journal: Path) -> Card:
        tell(f"grading {journal.name}")
        return grade(Run.read(journal))

    return graded
