"""Which of the conclusions somebody had the evidence for."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.sights import Answer, seen

name, axis, possible = "evidence", Axis.DIAGNOSIS, 50.0
ENOUGH = 2.0
AFTER = 0.5
ROOT = 2.0


def judge(run: Run) -> Finding:
    """Clues of the key that were really read: full before the first deed, half after it; two carry a conclusion."""
    if run.key is None:
        return Finding(name, axis, 0.0, 0.0, "without a key nobody knows what there was to see")
    found = seen(run)
    first = run.deeds[0].seq if run.deeds else None
    weight = {clue: 1.0 if first is None or answer.seq < first else AFTER for clue, answer in found.items()}
    earned = most = 0.0
    for conclusion in run.key.conclusions.values():
        worth = ROOT if conclusion.root_cause else 1.0
        most += worth
        earned += worth * min(1.0, sum(weight.get(clue, 0.0) for clue in conclusion.clues) / ENOUGH)
    early = sum(one == 1.0 for one in weight.values())
    why = f"{len(found)} of {len(run.key.clues)} clues were read, {early} of them before anything was done"
    return Finding(name, axis, possible * earned / most, possible, why, _cited(found))


def _cited(found: dict[str, Answer]) -> tuple[int, ...]:
    return tuple(sorted({answer.seq for answer in found.values()}))
