"""A debrief as plain lines for a terminal, and as whoever reads it aloud wants it: no boxes, no colours."""

from collections.abc import Iterable, Iterator, Sequence

from scorecards.debrief import Debrief
from scorecards.forks import Branch, Decision
from scorecards.no_return import Turn
from scorecards.reached import Reached
from scorecards.regret import Regret, Without
from scorecards.reports.words import banded, outcome, said, spark, turned
from scorecards.safe_text import safe_line
from sim.clock import show

_HEAD = ("", "outcome", "resolved", "hurt", "failed", "rows")


def render(debrief: Debrief) -> str:
    """The whole debrief."""
    blocks = (
        _top(debrief), _card(debrief), _timeline(debrief), chosen(debrief.decisions),
        without(debrief.reached, debrief.without), judged(debrief.regret), ways_back(debrief.ways_back),
        _expert(debrief), branches(debrief.reached, debrief.questions) if debrief.questions else (), _last(debrief),
    )  # fmt: skip
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block)))


def columns(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns as wide as their widest cell, two spaces apart."""
    cells = [list(head), *([safe_line(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def chosen(decisions: Sequence[Decision]) -> Iterator[str]:
    """What was decided, numbered."""
    for one in decisions:
        yield said(one.words) + (f" – refused: {said(one.refused)}" if one.refused else "")
    if not decisions:
        yield "nothing was decided"


def branches(base: Reached, asked: Sequence[Branch]) -> Iterator[str]:
    """What came of each question, beside what came."""
    yield columns(_HEAD, [_row("as it was", base), *(_row(one.words, one.reached) for one in asked)])
    for one in asked:
        yield from (f"{one.words}: refused: {why}" for why in one.no)
        yield from (f"{one.words}: decision {number} is refused there: {why}" for number, why in one.refused)
        if one.unreached:
            yield f"{one.words}: it is over before decision {', '.join(map(str, one.unreached))}"


def without(base: Reached, every: Sequence[Without]) -> Iterator[str]:
    """The run without each decision, and with the expert's next move in its place."""
    rows = [_row("as it was", base)]
    for one in every:
        rows.append(_row(one.dropped.words, one.dropped.reached))
        if one.instead is not None:
            rows.append(_row(one.instead.words, one.instead.reached))
    yield columns(_HEAD, rows)


def judged(regret: Regret) -> Iterator[str]:
    """What each decision was worth, and luck apart from it."""
    head = ("decision", "", "best way before", "hurts", "after", "hurts", "its own part")
    rows = [
        (one.decision.number, one.quality, one.before.best.way, round(one.before.hurt), one.after.best.way,
         round(one.after.hurt), round(one.own))
        for one in regret.judged
    ]  # fmt: skip
    if rows:
        yield columns(head, rows)
    if regret.closed_by is not None:
        yield f"since decision {regret.closed_by.number} no known way leads to an end"
    yield f"luck: {regret.luck.word} ({regret.luck.came.hurt} hurt; by other chance {round(regret.luck.usual)})"


def ways_back(turns: Sequence[Turn]) -> Iterator[str]:
    """How long each way back was safe, and who closed it."""
    for turn in turns:
        yield f"{turn.undo.name}: {turned(turn)}"
        for taken in turn.taken if turn.at_ms is not None else ():
            yield f"  taken by decision {taken.decision.number} when it was {taken.verdict.safety.value}"


def _row(name: str, reached: Reached) -> tuple[object, ...]:
    resolved = "" if reached.resolved_at_ms is None else show(reached.resolved_at_ms)
    return (name, reached.outcome, resolved, reached.hurt, reached.failed, reached.damage)


def _top(debrief: Debrief) -> Iterator[str]:
    yield f"{said(debrief.run.scenario.title)} ({debrief.run.scenario.id}, seed {debrief.run.seed}): {outcome(debrief)}"


def _card(debrief: Debrief) -> Iterator[str]:
    card = debrief.card
    yield f"score {card.score:g} of 100: {'passed' if card.passed else 'not passed'}"
    for axis, one in card.axes.items():
        yield f"  {axis.value.replace('_', ' '):<14} {one.score:>5.1f}  {banded(one.band)}"
        for finding in card.findings:
            if finding.axis is axis:
                where = f"  [{', '.join(map(str, finding.evidence))}]" if finding.evidence else ""
                points = f"{finding.earned:.1f} of {finding.possible:.0f}"
                yield f"    {points:>12}  {finding.criterion}: {said(finding.why)}{where}"


def _timeline(debrief: Debrief) -> Iterator[str]:
    yield "entry  time   what"
    for one in debrief.timeline:
        number = "" if one.number is None else f"({one.number}) "
        yield f"{one.seq:>5}  {one.wall}  {one.word.lower():<8} {number}{said(one.text)}"
    yield f"hurt per minute, yours:  {spark(debrief.curve)}"


def _expert(debrief: Debrief) -> Iterator[str]:
    if debrief.expert is None:
        return
    yield f"hurt per minute, expert: {spark(debrief.expert.played.curve)}"
    yield "the expert's path:"
    yield from (f"  {one.wall}  {one.word:<6} {said(one.text)}" for one in debrief.expert.steps)


def _last(debrief: Debrief) -> Iterator[str]:
    revisit = debrief.revisit
    yield f"one thing to revisit: {said(revisit.what)}"
    yield f"  {said(revisit.why)}"
    yield f"  {revisit.ask}"
