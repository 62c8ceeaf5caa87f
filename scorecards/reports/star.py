"""A draft for an interview: Situation, Task, Action, Result from the journal, with blanks for what only you can say."""

from collections.abc import Iterator

from scorecards.debrief import Debrief
from scorecards.reports.markdown import md
from scorecards.reports.words import came_to, outcome
from sim.scenario.model import Done

_BLANK = "_In your own words: …_"


def render(debrief: Debrief) -> str:
    """The draft, in Markdown."""
    parts = (_situation(debrief), _task(debrief), _action(debrief), _result(debrief))
    return "\n".join([f"# {md(debrief.run.scenario.title)}: a draft", "", *(line for part in parts for line in part)])


def _situation(debrief: Debrief) -> Iterator[str]:
    called, worst = debrief.trigger, max(debrief.shares, default=0.0)
    yield from ("## Situation", "", f"On call from {debrief.wall(debrief.run.starts_ms)}.")
    if called is not None:
        yield f"At {called.wall} I was called by: {md(called.word.lower())}, {md(called.text)}."
    yield from (f"At worst {worst:.0%} of {md(debrief.endpoint)} failed in a minute.", "", _BLANK, "")


def _task(debrief: Debrief) -> Iterator[str]:
    yield from ("## Task", "", f"Done meant: {md(wanted(debrief.run.scenario.done))}.", "", _BLANK, "")


def wanted(done: Done) -> str:
    """What `done` asks, in words."""
    parts = []
    if done.healthy is not None:
        parts.append(f"less than {done.healthy.below:.2%} of requests fail")
    parts += [name.replace("_", " ") for name in done.sql]
    allowed = done.data.model_dump(exclude_none=True, exclude={"wrong"})
    parts += [f"at most {most:,} {kind.replace('_', ' ')}" for kind, most in allowed.items()]
    return "; ".join(parts) or "the incident is over"


def _action(debrief: Debrief) -> Iterator[str]:
    yield from ("## Action", "")
    looks = sum(one.word == "look" for one in debrief.timeline)
    yield from (f"I looked at the system {looks} times and decided {len(debrief.decisions)} times:", "")
    for one in debrief.timeline:
        if one.number is not None:
            yield f"{one.number}. {one.wall} {md(one.text)}"
        elif one.word == "idea":
            yield f"   - {one.wall} I thought: {md(one.text)}"
    yield from ("", "_Why I chose this and not something else: …_", "")


def _result(debrief: Debrief) -> Iterator[str]:
    yield from ("## Result", "", f"It was {md(outcome(debrief))}: {came_to(debrief.reached)}.")
    if debrief.restored_by:
        numbers = " and ".join(str(one.number) for one in debrief.restored_by)
        yield f"Service rested on what I did in {numbers}: without it more people would have been hurt."
    if debrief.expert is not None:
        yield f"A known good way comes to: {came_to(debrief.expert.played.reached)}."
    one = debrief.revisit
    yield from ("", f"What I would come back to: {md(one.what)}. {md(one.why)}", "", "_What I learned: …_", "")
