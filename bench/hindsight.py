"""What a whole debrief costs beside its run: twelve decisions, taken back, replaced, judged by the known ways."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from scorecards.forks import Forks
from scorecards.no_return import points_of_no_return
from scorecards.regret import Regrets
from sim.catalogue import make
from sim.clock import millis
from sim.play import Play, PlayStep
from sim.replay import read_journal
from sim.scenario.load import find
from sim.stage import Stage

SCENARIO = "not-null-column"
_RELAX = "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"
_STEPS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("7m", "declare", {"severity": "SEV2"}),
    ("8m", "page", {"person": "dev"}),
    ("9m", "post_update", {"text": "We are looking.", "claim": "investigating"}),
    ("10m", "order", {"fix": "tolerate-missing-utm"}),
    ("12m", "roll_back", {"service": "shop", "to": "v2.3.0"}),
    ("17m", "declare", {"severity": "SEV1"}),
    ("18m", "run_sql", {"sql": _RELAX}),
    ("20m", "post_update", {"text": "Orders work.", "claim": "monitoring"}),
    ("24m", "page", {"person": "stakeholder"}),
    ("62m", "deploy", {"service": "shop", "base": "v2.4.0", "add": ["tolerate-missing-utm"]}),
    ("70m", "resolve", {}),
    ("70m", "post_update", {"text": "It is over.", "claim": "resolved"}),
)
"""The trap, mended late, with much talk."""


def twelve_decisions() -> Play:
    """Somebody who does what many do."""
    steps = (PlayStep(millis(at), make(name, given)) for at, name, given in _STEPS)
    return Play(SCENARIO, 7, tuple(steps))


def measure() -> tuple[float, float, int]:
    """Seconds of the run by itself and of its debrief, and how many decisions it had."""
    with TemporaryDirectory() as place:
        journal = Path(place) / "run.jsonl"
        _alone(journal)
        alone = median(_seconds(lambda: _alone(journal)) for _ in range(5))
        decisions: list[int] = []
        return alone, _seconds(lambda: decisions.append(_debrief(journal))), decisions[0]


def _alone(journal: Path) -> None:
    with Stage(find(SCENARIO)) as stage, stage.session(7, journal) as session:
        session.follow(twelve_decisions())
        session.finish()


def _debrief(journal: Path) -> int:
    with Forks(read_journal(journal)) as forks:
        regrets = Regrets(forks)
        assert len(regrets.without) == len(regrets.regret.judged)
        points_of_no_return(forks)
        return len(forks.decisions)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
