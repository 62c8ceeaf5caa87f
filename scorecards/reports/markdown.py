"""An after-action report in Markdown: what happened, what it rests on, what follows; owners are left to people."""

import re
from collections.abc import Iterable, Iterator, Sequence

from scorecards.debrief import Debrief
from scorecards.reports.words import alike, banded, came_to, difference, first_up, outcome, said, spark, turned

_SPECIAL = re.compile(r"([\\`*\[\]<>|~$]|(?<!\w)_|_(?!\w))")
BLANK = "\\_\\_\\_\\_\\_\\_\\_\\_"


def md(text: object) -> str:
    """Text of others as text: no tag, no link that hides where it leads, no table cell can come of it."""
    return _SPECIAL.sub(r"\\\1", said(text).replace("&", "&amp;"))


def render(debrief: Debrief) -> str:
    """The whole report."""
    parts = (
        _top(debrief), _revisit(debrief), _card(debrief), _timeline(debrief), _decisions(debrief), _ways_back(debrief),
        _expert(debrief), after_action(debrief),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part)


def rows(head: Sequence[str], cells: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table; cells are Markdown already."""
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    yield from (f"| {' | '.join(map(str, row))} |" for row in cells)
    yield ""


def after_action(debrief: Debrief) -> Iterator[str]:
    """Causes and what would prevent them, with roles that could own each; nobody is named for them."""
    review = debrief.review
    yield from ("## Follow-up", "", f"Roles: {md(', '.join(review.roles))}.", "")
    for title, told in (("Root cause", review.root_causes), ("Systemic causes, the weightiest first", review.causes)):
        if told:
            yield from (f"### {title}", "", *(f"{place}. {md(one)}" for place, one in enumerate(told, start=1)), "")
    if review.follow_ups:
        head = ("What to bring in", "Against", "Owner (a role)", "Due")
        cells = [(md(one.what), "<br>".join(map(md, one.against)), BLANK, BLANK) for one in review.follow_ups]
        yield from ("### What to do", "", *rows(head, cells))
    if review.asks:
        yield from ("### To talk about", "", *(f"- {md(one)}" for one in review.asks), "")


def _top(debrief: Debrief) -> Iterator[str]:
    run, reached = debrief.run, debrief.reached
    yield from (f"# After action: {md(run.scenario.title)}", "")
    yield from (f"{md(run.scenario.id)}, seed {run.seed}: {md(outcome(debrief))}. {first_up(came_to(reached))}.", "")
    yield from (f"Digest `{run.result.digest}`.", "")


def _revisit(debrief: Debrief) -> Iterator[str]:
    one = debrief.revisit
    yield from ("## One thing to revisit", "", f"**{md(one.what)}**", "", f"{md(one.why)} {md(one.ask)}", "")


def _card(debrief: Debrief) -> Iterator[str]:
    card = debrief.card
    yield from ("## Card", "", f"Score {card.score:g} of 100: {'passed' if card.passed else 'not passed'}.", "")
    axes = [(axis.value.replace("_", " "), f"{one.score:.1f}", banded(one.band)) for axis, one in card.axes.items()]
    yield from rows(("Axis", "Score", "Band"), axes)
    found = [
        (one.axis.value.replace("_", " "), md(one.criterion), f"{one.earned:.1f} of {one.possible:g}", md(one.why),
         ", ".join(map(str, one.evidence)))
        for one in card.findings
    ]  # fmt: skip
    yield from rows(("Axis", "Criterion", "Points", "Why", "Entries"), found)


def _timeline(debrief: Debrief) -> Iterator[str]:
    yield from ("## Timeline", "", f"Hurt per minute: `{spark(debrief.curve)}`", "")
    cells = [
        (one.seq, one.wall, "" if one.number is None else f"**{one.number}**", md(one.word.lower()), md(one.text))
        for one in debrief.timeline
    ]
    yield from rows(("Entry", "Time", "Decision", "", "What"), cells)


def _decisions(debrief: Debrief) -> Iterator[str]:
    yield from ("## Decisions", "")
    head = ("Decision", "", "Best way before, hurts", "Best way after, hurts", "Its own part")
    judged = [
        (md(one.decision.words), one.quality, f"{md(one.before.best.way)}, {one.before.hurt:,.0f}",
         f"{md(one.after.best.way)}, {one.after.hurt:,.0f}", f"{one.own:+,.0f}")
        for one in debrief.regret.judged
    ]  # fmt: skip
    yield from rows(head, judged) if judged else ("Nothing was decided.", "")
    luck = debrief.regret.luck
    yield from (f"Luck: {luck.word} ({luck.came.hurt:,} hurt; by other chance {luck.usual:,.0f}).", "")
    other, same = alike(debrief)
    if other:
        cells = [(md(name), came_to(one.reached), difference(one, debrief.reached)) for name, one in other]
        yield from ("### What if", "", *rows(("Otherwise", "It comes to", "Difference"), cells))
    if same:
        yield from (f"No difference: {'; '.join(map(md, same))}.", "")


def _ways_back(debrief: Debrief) -> Iterator[str]:
    if debrief.ways_back:
        cells = [(md(one.undo.name), md(turned(one))) for one in debrief.ways_back]
        yield from ("## Points of no return", "", *rows(("Way back", "How it stood"), cells))


def _expert(debrief: Debrief) -> Iterator[str]:
    if debrief.expert is not None:
        reached = debrief.expert.played.reached
        cells = [(one.wall, one.word, md(one.text)) for one in debrief.expert.steps]
        yield from ("## The expert's path", "", f"It comes to: {came_to(reached)}.", "")
        yield from rows(("Time", "", "What"), cells)
