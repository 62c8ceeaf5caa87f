"""`rehearse review`: causes, preventions and questions after an incident, and what to do next time."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.errors import ExitCode, InvalidInput, Mark, Problem
from tui.arguments import SEED, as_json, where
from tui.keeping import data_folder, folder_of
from tui.output import progress, say, say_json
from tui.plays import play_file
from tui.reviewing import asked, chosen, judged, sheet, sheet_json, shown

if TYPE_CHECKING:
    from scorecards.archive.folder import Folder
    from scorecards.learning.plans import Plan
    from scorecards.learning.review import Answered, Review
    from scorecards.learning.shown import Incident
    from sim.scenario.key import Key


@dataclass(frozen=True)
class _About:
    """What is reviewed: a run by its journal, or a scenario alone."""

    folder: Path
    key: "Key"
    scenario: str
    seed: int
    journal: Path | None


@click.command("review", short_help="After an incident: its causes, and what prevents them.")
@click.argument("run", metavar="RUN|SCENARIO")
@click.option("--causes", metavar="A,B,C", help="Systemic causes, the weightiest first.")
@click.option("--preventions", metavar="A,B,C", help="What would prevent it, the most useful first.")
@click.option("--answer", "answers", multiple=True, metavar="QUESTION=CHOICE", help="Answer a question; a,b for more.")
@click.option("--ask", is_flag=True, help="Ask line by line, in a pipe too.")
@click.option("--show", metavar="PREVENTION", help="Play the incident again with this prevention in place.")
@click.option("--play", metavar="FILE", help="For --show of a SCENARIO: what is done in it.")
@click.option("--seed", type=SEED, help="For --show of a SCENARIO: which of its incidents (default: 1).")
@click.option("--when", metavar="CUE", help="A plan: what you will notice …")
@click.option("--will", metavar="DEED", help="… and what you will do then.")
@click.option(
    "--skill", "skills", multiple=True, metavar="SKILL", help="What the plan is for (default: all it teaches)."
)
@where
@data_folder
@as_json
def command(
    *,
    run: str,
    causes: str | None,
    preventions: str | None,
    answers: tuple[str, ...],
    ask: bool,
    show: str | None,
    play: str | None,
    seed: int | None,
    when: str | None,
    will: str | None,
    skills: tuple[str, ...],
    scenario: str | None,
    named: str | None,
    as_json: bool,
) -> int:
    """Review RUN (a journal, or the first characters of a run's digest), or a SCENARIO.

    Pick and order causes and preventions, and answer some questions; on a terminal they are asked one by one. What is
    answered is kept beside the run. Without answers, and without a terminal, it says what is asked.

    \b
    Examples:
      rehearse review run.jsonl
      rehearse review run.jsonl --causes expand-and-contract-in-one,no-halt-on-errors
      rehearse review run.jsonl --answer why-23502=old-code --json
      rehearse review run.jsonl --show three-releases
      rehearse review run.jsonl --when "a migration went out" --will "read the schema before I roll back"
    """
    about = _about(run, folder_of(named), scenario, seed)
    if show is not None:
        return _show(about, show, play, as_json)
    answered = _answered(about.key, causes, preventions, answers)
    plan = _plan(about, when, will, skills)
    if answered is None and plan is None:
        if not (ask or (sys.stdin.isatty() and not as_json)):
            say_json(sheet_json(about.key)) if as_json else say("\n".join(sheet(about.key)).rstrip())
            return ExitCode.PASSED
        answered = asked(about.key, _asking)
    return _kept(about, answered, plan, as_json)


def _about(run: str, data: "Folder", scenario: str | None, seed: int | None) -> _About:
    from scorecards.learning.kept import journal_named
    from sim.replay import read_journal
    from sim.scenario.load import catalogue, find, load

    journal = None if run in catalogue() else journal_named(data, run)
    if journal is None:
        place, drawn = find(run), 1 if seed is None else seed
    else:
        head = read_journal(journal).head
        place, drawn = find(scenario or head["scenario"]), int(head["seed"])
    loaded = load(place, drawn)
    if loaded.key is None:
        hint = "a review is made of its causes, preventions and questions"
        raise InvalidInput([Problem(Mark(str(place)), "this scenario has no key.yaml", hint)])
    return _About(place, loaded.key, loaded.scenario.id, drawn, journal)


def _answered(key: "Key", causes: str | None, preventions: str | None, answers: Sequence[str]) -> "Answered | None":
    from scorecards.learning.review import Answered

    if causes is None and preventions is None and not answers:
        return None
    said = {}
    for one in answers:
        question, equals, choice = one.partition("=")
        if not equals:
            hint = f"write QUESTION=CHOICE; the questions are {', '.join(key.questions)}"
            raise InvalidInput([Problem(Mark("--answer"), f"{one!r} answers nothing", hint)])
        said[question.strip()] = _listed(choice)
    return Answered(
        None if causes is None else _listed(causes), None if preventions is None else _listed(preventions), said
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _plan(about: _About, when: str | None, will: str | None, skills: Sequence[str]) -> "Plan | None":
    from scorecards.learning.plans import Plan
    from sim.errors import nearest

    if when is None and will is None:
        return None
    if about.journal is None:
        raise InvalidInput([Problem(Mark("--when"), "a plan is kept with a run", "name the journal of one")])
    known = list(about.key.skills)
    if unknown := [one for one in skills if one not in known]:
        hint = nearest(unknown[0], known, f"there are {', '.join(known)}")
        raise InvalidInput([Problem(Mark("--skill"), f"there is no skill {unknown[0]!r}", hint)])
    return Plan.made(when or "", will or "", skills or known, about.scenario, datetime.now(UTC))


def _kept(about: _About, answered: "Answered | None", plan: "Plan | None", as_json: bool) -> int:
    from scorecards.learning.beside import keep
    from scorecards.learning.review import review

    told: Review | None = None if answered is None else review(about.key, answered)
    file = None if about.journal is None else keep(about.journal, told, plan, datetime.now(UTC))
    if as_json:
        part = {} if told is None else told.as_json()
        say_json({"scenario": about.scenario, **part, "plan": None if plan is None else plan.as_json(), "file": file})
        return ExitCode.PASSED
    if told is not None:
        say("\n".join(judged(told)))
    if plan is not None:
        say(plan)
    if file is not None:
        say(f"\nkept in {file}")
    return ExitCode.PASSED


def _show(about: _About, prevention: str, play: str | None, as_json: bool) -> int:
    with progress() as tell:
        tell("replaying")
        told = _incident(about, play).show(about.key, prevention, tell)
    say_json(told.as_json()) if as_json else say("\n".join(shown(told)))
    return ExitCode.PASSED


def _incident(about: _About, play: str | None) -> "Incident":
    from scorecards.learning.shown import Incident
    from sim.play import read_play
    from sim.replay import read_journal

    if about.journal is not None:
        return Incident.of_run(read_journal(about.journal), about.folder)
    if play is None:
        return Incident(about.folder, about.seed)
    place = about.folder if about.folder.is_dir() else about.folder.parent
    return Incident.of_play(read_play(play_file(place, play)), place, about.seed, play)


def _asking(lines: Sequence[str], names: Sequence[str]) -> list[str]:
    """Show lines and read an answer; one that is not understood is asked for again."""
    say("\n".join(lines))
    while True:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            say()
            return []
        try:
            return chosen(line, names)
        except ValueError as error:
            say(error)
