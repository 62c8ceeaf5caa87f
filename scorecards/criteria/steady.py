"""Whether the hand was steady."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run

name, axis, possible = "steady", Axis.DECISIONS, 4.0
FREE, MANY = 1, 30
WASTED_MAX = 6


def judge(run: Run) -> Finding:
    """Refusals, repetitions and sheer number: trying everything is not deciding."""
    refused = [move for move in run.moves if move.refused]
    known: set[str] = set()
    again = []
    for move in run.deeds:
        words = f"{move.action} {sorted(move.arguments.items())}"
        again += [move] if words in known else []
        known.add(words)
    waste = max(0, len(refused) + len(again) - FREE) + max(0, len(run.deeds) - MANY)
    why = f"{len(refused)} moves were refused, {len(again)} done again as before, {len(run.deeds)} deeds in all"
    earned = possible * max(0.0, 1 - waste / WASTED_MAX)
    return Finding(name, axis, earned, possible, why, tuple(sorted(move.seq for move in (*refused, *again))))
