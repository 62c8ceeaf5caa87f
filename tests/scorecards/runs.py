"""Runs to judge: a scenario's own play, or steps given here, carried out for real."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from scorecards.criteria.catalogue import CRITERIA
from scorecards.findings import Finding
from scorecards.run import Run
from sim.catalogue import make
from sim.clock import millis
from sim.play import Play, PlayStep, read_play
from sim.scenario.load import find
from sim.session import Session
from tests.worlds import story

Step = tuple[str, str, dict[str, Any]]


def did(*steps: Step, scenario: str | Path = "tutorial", seed: int = 7) -> Run:
    """A run in which this was done at these times; `predict` beside an action's arguments is what was said of it."""
    made = []
    for at, action, given in steps:
        arguments = dict(given)
        predict: Mapping[str, Any] | None = arguments.pop("predict", None)
        made.append(PlayStep(millis(at), make(action, arguments), predict))
    with story(scenario, seed) as now:
        return judged(now.session, Play(steps=tuple(made)))


@lru_cache(maxsize=32)
def own(scenario: str, play: str, seed: int = 7) -> Run:
    """A run of one of a scenario's own plays."""
    with story(scenario, seed) as now:
        return judged(now.session, read_play(find(scenario) / "plays" / f"{play}.yaml"))


def judged(session: Session, play: Play) -> Run:
    session.follow(play)
    return Run.of(session, session.finish())


def finding(name: str, run: Run) -> Finding:
    """What one criterion says of a run."""
    return next(one for one in CRITERIA if one.name == name).judge(run)


def share(name: str, run: Run) -> float:
    """The share of its points that a criterion gives."""
    found = finding(name, run)
    return found.earned / found.possible
