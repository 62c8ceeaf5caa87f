"""Runs as learning sees them: asked of the archive's index, with the plans that lie beside their journals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scorecards.archive.ask import ask
from scorecards.archive.folder import Folder
from scorecards.archive.named import is_start, journal_of
from scorecards.findings import Axis
from scorecards.learning.beside import plans_of
from scorecards.learning.plans import Plan

RUNS_MAX = 100_000
_ATTEMPTS = f"""
SELECT journal, coalesce(trainee, ''), played_at, scenario, seed, outcome, score, passed, hints, points,
       {", ".join(f"cards.{axis}" for axis in Axis)}
FROM runs JOIN cards USING (run)
JOIN (SELECT run, list((criterion, earned, possible)) AS points FROM findings GROUP BY run) USING (run)
WHERE $one::VARCHAR IS NULL OR coalesce(trainee, '') IN ($one, $other)
ORDER BY played_at NULLS FIRST, journal
"""


@dataclass(frozen=True)
class Attempt:
    """A graded run: whose, when, of what, its axes, its points by criterion (earned, possible), what hints cost.

    Whatever can say these few things can be learnt from.
    """

    journal: str
    trainee: str
    played_at: datetime
    scenario: str
    seed: int
    outcome: str
    score: float
    passed: bool
    hints: float
    axes: Mapping[str, float]
    points: Mapping[str, tuple[float, float]]
    plans: tuple[Plan, ...] = ()

    def share(self, criteria: Iterable[str]) -> float | None:
        """The share of the points of some criteria that was earned; None if none of them was judged."""
        found = [self.points[name] for name in criteria if name in self.points]
        possible = sum(most for _, most in found)
        return sum(earned for earned, _ in found) / possible if possible else None


def attempts(folder: Folder, trainee: str | None = None, *, unsigned: bool = False) -> Iterator[Attempt]:
    """The graded runs of an archive, of one trainee or of all, the first first; `unsigned` ones may be theirs, too."""
    words = {} if trainee is None else {"one": trainee, "other": "" if unsigned else trainee}
    for row in ask(folder, _ATTEMPTS, words, rows_max=RUNS_MAX).rows:
        yield _attempt(folder.runs / row[0], row[1:])


def _attempt(journal: Path, row: tuple[Any, ...]) -> Attempt:
    trainee, played_at, scenario, seed, outcome, score, passed, hints, points, *axes = row
    return Attempt(
        str(journal), trainee, _when(played_at, journal), scenario, seed, outcome, score, passed, hints,
        axes={axis.value: number for axis, number in zip(Axis, axes, strict=True) if number is not None},
        points={criterion: (earned, possible) for criterion, earned, possible in points},
        plans=plans_of(journal),
    )  # fmt: skip


def _when(told: datetime | None, journal: Path) -> datetime:
    """When it was played: the index keeps UTC; a run that does not say was played when its file was written."""
    return datetime.fromtimestamp(journal.stat().st_mtime, UTC) if told is None else told.replace(tzinfo=UTC)


def journal_named(folder: Folder, run: str) -> Path | None:
    """The journal that is meant, a file or an archived run by how its digest begins; None if it is no run at all."""
    path = Path(run)
    if path.is_file():
        return path if path.suffix == ".jsonl" else None
    return journal_of(folder, run) if is_start(run) else None
