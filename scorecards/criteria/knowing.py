"""Whether what destroyed something was done knowingly."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import Announced, BackfillEnded, BackupEnded, DatabaseRestored, Looked, Predicted, StatementRan

name, axis, possible = "knowing", Axis.DECISIONS, 6.0
_REHEARSED = frozenset({"dry_run", "lint"})


def judge(run: Run) -> Finding:
    """What takes rows away is a point of no return: a backup, a rehearsal or a prediction shows that one knew."""
    kept = run.case.expert.lost + run.case.expert.overwritten if run.case else 0.0
    destroying = [
        entry
        for entry in run.facts(StatementRan, BackfillEnded, DatabaseRestored)
        if getattr(entry.fact, "lost", 0) + getattr(entry.fact, "overwritten", 0) > kept
    ]
    if not destroying or run.figures.lost + run.figures.overwritten <= kept:
        return Finding(name, axis, possible, possible, "nothing was done that destroys anything")
    first = destroying[0]
    ready = [entry for entry in run.entries[: first.seq] if _prepares(entry.fact)]
    why = "rows were destroyed, " + ("knowingly" if ready else "and nothing shows that anybody expected it")
    evidence = tuple(entry.seq for entry in (*ready, *destroying))
    return Finding(name, axis, possible / 2 * bool(ready), possible, why, evidence)


def _prepares(fact: object) -> bool:
    looked = isinstance(fact, Looked) and fact.what in _REHEARSED
    return looked or isinstance(fact, BackupEnded | Announced | Predicted)
