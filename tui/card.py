"""A scorecard as plain lines."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scorecards.findings import Axis, Card

FULL = 0.995


def lines(card: "Card") -> Iterator[str]:
    """The total, and under each axis what points were lost, and why."""
    verdict = "passed" if card.passed else "not passed"
    hints = f", {card.hints:g} points taken off for hints" if card.hints else ""
    yield f"score {card.score:.0f} of 100: {verdict}{hints}"
    for axis, one in card.axes.items():
        yield f"  {_words(axis):<14} {one.score:3.0f} {one.band.value}  {_bar(one.score)}"
        yield from _lost(card, axis)


def _lost(card: "Card", axis: "Axis") -> Iterator[str]:
    for finding in card.findings:
        if finding.axis is axis and finding.earned < FULL * finding.possible:
            yield f"      {finding.earned:4.1f} of {finding.possible:.0f}  {_words(finding.criterion)}: {finding.why}"


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _bar(score: float) -> str:
    return "█" * round(score / 5) + "·" * (20 - round(score / 5))
