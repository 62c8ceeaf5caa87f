"""The facilitator's sheet: an answer key as something to hold in one's hand during a rehearsal."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.clock import spell
from tui.safe_text import safe_line

if TYPE_CHECKING:
    from sim.play import Play
    from sim.scenario.key import Cause, Key, Prevention
    from sim.scenario.model import Scenario

WIDTH = 100
LINE_MAX = 2000
SPOILER = "This gives the whole incident away. It is for whoever leads the rehearsal, and for nobody who will play it."


@dataclass(frozen=True)
class Item:
    """One point of a section, and what belongs below it."""

    text: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and its points; `numbered` when their order means something."""

    heading: str
    items: tuple[Item, ...]
    numbered: bool = False


def sections(scenario: "Scenario", key: "Key", expert: "Play | None" = None) -> list[Section]:
    """The sheet in the order in which a facilitator needs it."""
    parts = [
        Section("What really happened", tuple(_truth(key))),
        Section("A good run", tuple(_par(scenario, key))),
        Section("The expert's way", tuple(_way(expert)) if expert else ()),
        Section("Other good ways", tuple(Item(f"{one.play}: {one.because}") for one in key.accepted)),
        Section("Traps", tuple(_traps(key))),
        Section("Clues, and where they are seen", tuple(_clues(key))),
        Section("Red herrings", tuple(_herrings(key))),
        Section("When to nudge", tuple(_nudges(key))),
        Section("Hints", tuple(_hints(key))),
        Section("Questions", tuple(_questions(key))),
        Section("Systemic causes", tuple(_ranked(key.causes)), numbered=True),
        Section("Preventions", tuple(_ranked(key.preventions)), numbered=True),
        Section(_debrief_heading(key), tuple(Item(f"{talk.minutes} min: {talk.ask}") for talk in key.debrief)),
        Section("What it teaches", tuple(_skills(key))),
    ]
    return [part for part in parts if part.items]


def terminal(scenario: "Scenario", parts: list[Section]) -> Iterator[str]:
    """A block of text for each section, wrapped for a terminal."""
    title = f"{scenario.id}: {safe_line(scenario.title)}"
    yield "\n".join([title, "=" * len(title), "", *textwrap.wrap(f"SPOILER. {SPOILER}", WIDTH)])
    for part in parts:
        yield "\n".join(["", part.heading, "-" * len(part.heading), *_wrapped(part)])


def markdown(scenario: "Scenario", parts: list[Section]) -> Iterator[str]:
    """The same as Markdown, for a printer or a wiki."""
    yield f"# {scenario.id}: {safe_line(scenario.title)}\n\n> **Spoiler.** {SPOILER}"
    for part in parts:
        lines = ["", f"## {part.heading}", ""]
        for number, item in enumerate(part.items, start=1):
            lines.append(f"{f'{number}.' if part.numbered else '-'} {_harmless(item.text)}")
            lines += [f"   - {_harmless(one)}" for one in item.below]
        yield "\n".join(lines)


def _harmless(text: str) -> str:
    """One line in which nothing is HTML."""
    return safe_line(text, LINE_MAX).replace("&", "&amp;").replace("<", "&lt;")


def _wrapped(part: Section) -> Iterator[str]:
    for number, item in enumerate(part.items, start=1):
        bullet = f"{number}. " if part.numbered else "- "
        yield from _paragraph(item.text, bullet)
        for one in item.below:
            yield from _paragraph(one, " " * len(bullet) + "· ")


def _paragraph(text: str, first: str) -> list[str]:
    line = safe_line(text, LINE_MAX)
    below = " " * len(first)
    return textwrap.wrap(line, WIDTH, initial_indent=first, subsequent_indent=below, break_on_hyphens=False) or [first]


def _truth(key: "Key") -> Iterator[Item]:
    for conclusion in sorted(key.conclusions.values(), key=lambda one: not one.root_cause):
        head = "Root cause: " if conclusion.root_cause else ""
        yield Item(head + conclusion.says.strip(), (f"shown by {', '.join(conclusion.clues)}",))


def _par(scenario: "Scenario", key: "Key") -> Iterator[Item]:
    limit, lost = spell(scenario.clock.limit), key.par.rows_lost
    yield Item(f"Resolved by T+{spell(key.par.resolved_by)}, of {limit} that there are.")
    if key.par.failed is not None:
        yield Item(f"At most {key.par.failed} failed requests.")
    yield Item(f"{lost} rows lost." if lost else "No row lost.")


def _way(play: "Play") -> Iterator[Item]:
    from sim.catalogue import arguments_of

    for step in play.steps:
        yield Item(f"T+{spell(step.at_ms)}: {_told(step.action.name, arguments_of(step.action))}")


def _told(name: str, arguments: Mapping[str, Any]) -> str:
    """An action in one line; what it is about needs no name where there is only one thing."""
    given = {key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in arguments.items()}
    words = given.values() if len(given) == 1 else (f"{key}: {value}" for key, value in given.items())
    return " ".join([name, ", ".join(map(str, words))]).strip()


def _traps(key: "Key") -> Iterator[Item]:
    for trap in key.traps:
        harm = trap.damages.replace("_", " ")
        yield Item(trap.play, (f"why it tempts: {trap.tempting}", f"what it does ({harm}): {trap.because}"))


def _clues(key: "Key") -> Iterator[Item]:
    for name, clue in key.clues.items():
        when = ", ".join(f"{param} is {value}" for param, value in clue.when.items())
        only = f" (only when {when})" if when else ""
        yield Item(f"{name}: {clue.says}{only}", tuple(_seen(step) for step in clue.seen))


def _seen(step: Mapping[str, Any]) -> str:
    given = {name: value for name, value in step.items() if name not in ("at", "do", "find", "lacks")}
    found = f" → “{step['find']}”" if "find" in step else ""
    lacks = f", and not “{step['lacks']}”" if "lacks" in step else ""
    return f"from T+{step['at']}: {_told(str(step['do']), given)}{found}{lacks}"


def _herrings(key: "Key") -> Iterator[Item]:
    for herring in key.herrings.values():
        yield Item(herring.says, (f"refuted by {', '.join(herring.refuted_by)}",))


def _nudges(key: "Key") -> Iterator[Item]:
    for nudge in sorted(key.nudges, key=lambda one: one.at):
        yield Item(f"T+{spell(nudge.at)}, unless {nudge.unless}: “{nudge.say}”")


def _hints(key: "Key") -> Iterator[Item]:
    for hint in key.hints.values():
        below = (f"nudge: {hint.nudge}", f"direction: {hint.direction}", f"command: {hint.command}")
        yield Item(hint.about, below)


def _questions(key: "Key") -> Iterator[Item]:
    for question in key.questions.values():
        choices = (f"[{'x' if name in question.right else ' '}] {text}" for name, text in question.choices.items())
        yield Item(question.ask, (*choices, f"because: {question.because}"))


def _ranked(block: "Mapping[str, Cause | Prevention]") -> Iterator[Item]:
    """In their order; what does not apply comes last and says so."""
    for one in sorted(block.values(), key=lambda item: item.rank or len(block) + 1):
        against = getattr(one, "against", ())
        shown = getattr(one, "shown_by", None)
        below = ([f"against {', '.join(against)}"] if against else []) + ([f"shown by {shown}"] if shown else [])
        yield Item(one.says if one.rank else f"(does not apply) {one.says}", tuple(below))


def _debrief_heading(key: "Key") -> str:
    return f"Debrief ({sum(talk.minutes for talk in key.debrief)} minutes)"


def _skills(key: "Key") -> Iterator[Item]:
    for name, skill in key.skills.items():
        below = (f"when: {skill.trigger}", f"then: {skill.response}", f"seen in a run: {skill.measure}")
        yield Item(name, below)
