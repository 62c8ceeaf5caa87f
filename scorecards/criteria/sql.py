"""The key's own measures: SQL over the run's tables, answered while they were open."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run


def judge_all(run: Run) -> tuple[Finding, ...]:
    """A finding for each measure; an answer that is no share of its points is said, and counts for nothing."""
    if run.key is None:
        return ()
    found = []
    for name, measure in run.key.measures.items():
        answer = run.measured.get(name, "it was not asked")
        axis = Axis(measure.axis)
        if isinstance(answer, str):
            found.append(Finding(name, axis, 0.0, 0.0, f"{measure.says} Not answered: {answer}"))
            continue
        share = min(1.0, max(0.0, answer))
        found.append(Finding(name, axis, measure.points * share, measure.points, f"{measure.says} {share:.0%}"))
    return tuple(found)
