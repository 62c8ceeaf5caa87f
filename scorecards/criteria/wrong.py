"""Rows that are wrong at the end."""

from scorecards.findings import Axis, Finding
from scorecards.par import Case, number
from scorecards.run import Run

name, axis, possible = "wrong", Axis.DATA_HARM, 35.0
LOT = 1000.0


def judge(run: Run) -> Finding:
    """Each kind of damage by its own name, between what a good way leaves and the worst that is known."""
    kinds = kinds_of(run)
    left = {kind: number(run.figures, "wrong", kind) for kind in kinds}
    shares = [_share(run.case, kind, count) for kind, count in left.items()]
    earned = possible * (sum(shares) / len(shares) if shares else 1.0)
    wrong = ", ".join(f"{count:.0f} {kind.replace('_', ' ')}" for kind, count in left.items() if count)
    return Finding(name, axis, earned, possible, f"wrong at the end: {wrong or 'nothing'}")


def kinds_of(run: Run) -> list[str]:
    """The kinds of damage that this run has, or a known play of this incident."""
    known = [one.wrong for one in run.case.plays.values()] if run.case else []
    return sorted({kind for wrong in (run.figures.wrong, *known) for kind in wrong})


def _share(case: Case | None, kind: str, count: float) -> float:
    good = number(case.expert, "wrong", kind) if case else 0.0
    worst = case.worst("wrong", kind) if case else LOT
    return max(0.0, 1 - max(0.0, count - good) / max(1.0, worst - good))
