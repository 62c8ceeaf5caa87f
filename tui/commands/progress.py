"""`rehearse progress`: skills over time, and what to repeat when."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.errors import ExitCode, InvalidInput
from tui.arguments import as_json
from tui.keeping import TRAINEE, data_folder, folder_of, login
from tui.output import narrate, say, say_json, table
from tui.output import progress as telling

if TYPE_CHECKING:
    from scorecards.archive.folder import Folder
    from scorecards.findings import Card
    from scorecards.learning.kept import Attempt
    from scorecards.learning.progress import Progress, Skill


@click.command("progress", short_help="Your skills over time, and what to repeat when.")
@click.option("--as", "trainee", metavar="NAME", help="Whose runs (default: $REHEARSE_TRAINEE, or your login name).")
@click.option("--all", "everybody", is_flag=True, help="All runs of the folder, as if one person had played them.")
@click.option("--now", metavar="DATE", help="As of this date (default: today), such as 2026-05-01.")
@data_folder
@as_json
def command(*, trainee: str | None, everybody: bool, now: str | None, named: str | None, as_json: bool) -> int:
    """Say how each skill went, run after run, when it should be repeated, and what you planned for it.

    A skill is rated by the criteria that measure it: P, S, M or U; hints cost one step, and a run that did not pass is
    "hard" at best. Between attempts lie days to months, as the scheduler (FSRS) has it; what was shaky comes back as a
    guided drill, what lasts as an exam. Runs that name nobody count as yours.

    \b
    Examples:
      rehearse progress
      rehearse progress --as ann --archive ./class --json
    """
    from scorecards.learning.progress import progress

    moment, folder, who = _moment(now), folder_of(named), _who(trainee)
    with telling() as tell:
        tell("reading runs")
        runs = _runs(folder, None if everybody else who, unsigned=trainee is None)
        told = progress("" if everybody else who, runs, _teaches)
    say_json(told.as_json(moment)) if as_json else say("\n".join(_lines(told, moment)))
    return ExitCode.PASSED


def _who(given: str | None) -> str:
    said = given if given is not None else os.environ.get(TRAINEE)
    return login() if said is None else said


def _runs(folder: "Folder", who: str | None, *, unsigned: bool) -> "list[Attempt]":
    """What the archive has, once its index is up to date; a folder in which nothing was kept yet has none."""
    from scorecards.archive.ingest import ingest
    from scorecards.learning.kept import attempts

    if not folder.runs.is_dir():
        return []
    try:
        left = ingest(folder, _graded).ungraded
    except PermissionError:
        narrate("you may not write here: runs that are not in the index yet are not counted")
    else:
        for journal, why in left.items():
            narrate(f"{journal} is not judged: {why}")
    return list(attempts(folder, who, unsigned=unsigned))


def _graded(journal: Path) -> "Card":
    """Judge a run that has no card yet, by playing it again."""
    from scorecards.grade import grade
    from scorecards.run import Run

    return grade(Run.read(journal))


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no date; write 2026-05-01", param_hint="--now") from None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _teaches(scenario: str) -> Mapping[str, tuple[str, ...]]:
    """The skills of a scenario and what measures them; nothing for one that is not here."""
    from sim.scenario.load import find, load

    try:
        key = load(find(scenario), 1).key
    except InvalidInput:
        return {}
    return {} if key is None else {name: tuple(skill.measured_by) for name, skill in key.skills.items()}


def _lines(told: "Progress", now: datetime) -> Iterator[str]:
    from scorecards.learning.progress import trend

    if not told.runs:
        yield f"no run of {told.trainee} is kept here yet" if told.trainee else "no run is kept here yet"
        return
    whose = f" of {told.trainee}" if told.trainee else ""
    yield f"{told.runs} {'run' if told.runs == 1 else 'runs'}{whose}; the first on the left"
    yield table(("axis", "runs", ""), [(name.replace("_", " "), told.axis_bands(name), trend(told.axis_bands(name)))
                                       for name in told.axes])  # fmt: skip
    if told.skills:
        yield ""
        yield table(("skill", "attempts", "", "repeat", "likely now", "how"), [_row(one, now) for one in told.skills])
    for one in told.skills:
        yield from (f"{one.name}: {plan}" for plan in one.plans[:1])
    yield from (f"{name} teaches nothing that is known here" for name in told.untaught)


def _row(skill: "Skill", now: datetime) -> tuple[str, ...]:
    from scorecards.learning.progress import trend

    likely = f"{skill.memory.recalled(now):.0%}"
    return (skill.name, skill.bands, trend(skill.bands), _day(skill.memory.due, now), likely, skill.command)


def _day(due: datetime, now: datetime) -> str:
    return "now" if due <= now else f"{due:%Y-%m-%d}"
