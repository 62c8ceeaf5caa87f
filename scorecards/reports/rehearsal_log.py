"""The log of a rehearsal, as teams keep them in `rollback-rehearsals/NNN.md`: times, trigger, what restored service."""

import re
from collections.abc import Iterator
from pathlib import Path

from scorecards.debrief import Debrief
from scorecards.reports.markdown import md, rows
from scorecards.reports.words import came_to, outcome, said
from scorecards.what_if import spelt
from sim.clock import MINUTE

_NUMBERED = re.compile(r"(\d{3,})\.md")


def next_log(folder: Path) -> Path:
    """The file after the last one in a folder."""
    taken = [int(hit[1]) for path in folder.iterdir() if (hit := _NUMBERED.fullmatch(path.name))]
    return folder / f"{max(taken, default=0) + 1:03}.md"


def render(debrief: Debrief, number: str = "") -> str:
    """The log, in Markdown."""
    scenario = debrief.run.scenario
    head = f"# Rehearsal {number}: {md(scenario.title)}" if number else f"# Rehearsal: {md(scenario.title)}"
    lines = [head, "", *rows(("", ""), _facts(debrief)), "## What happened", "", *_told(debrief)]
    return "\n".join([*lines, "## What we change", "", f"- {md(debrief.revisit.what)}: …", "- …", ""])


def _facts(debrief: Debrief) -> Iterator[tuple[str, str]]:
    run, called, restored = debrief.run, debrief.trigger, debrief.restored_ms
    yield "Date", run.scenario.clock.starts.partition(" ")[0]
    yield "Taken over", debrief.wall(run.starts_ms)
    yield "Trigger", "none" if called is None else f"{called.wall} {md(called.word.lower())}: {md(called.text)}"
    commands = [f"{debrief.wall(one.at_ms)} {code(spelt(one.act.action))}" for one in debrief.restored_by]
    yield "Restored by", "<br>".join(commands) or "nothing that was done"
    yield "Service restored", "never" if restored is None else debrief.wall(restored)
    if restored is not None:
        since_ms = run.incident_ms if called is None else called.at_ms
        yield "Trigger to restored", f"{max(0, restored - since_ms) // MINUTE} min"
    yield "Outcome", f"{md(outcome(debrief))}; {came_to(debrief.reached)}"
    yield "Data", ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in run.result.data.items())
    yield "Run", f"{code(run.scenario.id)}, seed {run.seed}, digest {code(run.result.digest)}"


def _told(debrief: Debrief) -> Iterator[str]:
    for one in debrief.timeline:
        if one.word != "fact":
            yield f"- {one.wall} {md(one.word.lower())}: {md(one.text)}"
    yield ""


def code(text: str) -> str:
    """Text of others as code in a table: a fence longer than any in it, no cell of its own."""
    shown = said(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
