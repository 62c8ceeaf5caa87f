"""Builders for tests: a scenario with a few lines changed, and a session in which things are done at times."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.catalogue import make
from sim.clock import SECOND, millis
from sim.facts import Fact, Refused, StatementRan
from sim.scenario.load import find
from sim.session import Session
from sim.stage import Stage
from sim.traffic.values import Tally


def edited(tmp_path: Path, scenario: str, *changes: tuple[str, str]) -> Path:
    """A copy of a scenario in which some text is replaced by other text; it has to be there."""
    folder = tmp_path / f"{scenario}-edited"
    shutil.copytree(find(scenario), folder, ignore=shutil.ignore_patterns("verdicts.json"))
    file = folder / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    return folder


class Story:
    """A session with words for tests: do this at that time, and what share of an endpoint failed between two times."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def at(self, time: str, action: str = "", **arguments: object) -> tuple[Refused, ...]:
        """Go to a time and, if one is named, do something there."""
        self.session.advance(millis(time))
        return self.session.act(make(action, arguments)) if action else ()

    def tally(self, endpoint: str, start: str, stop: str, label: str | None = None) -> Tally:
        """What was counted of an endpoint between two times, the second of which is reached first."""
        if self.session.now_ms < millis(stop):
            self.session.advance(millis(stop))
        self.session.engine.settle()
        return self.session.engine.traffic.tally(endpoint, millis(start) // SECOND, millis(stop) // SECOND, label=label)

    def failing(self, endpoint: str, start: str, stop: str) -> float:
        """The share of an endpoint's requests that failed."""
        return self.tally(endpoint, start, stop).share

    def facts(self, kind: type[Fact]) -> list[Fact]:  # type: ignore[valid-type]
        """The facts of one kind, in order."""
        return [entry.fact for entry in self.session.journal.entries if isinstance(entry.fact, kind)]

    def answers(self) -> list[tuple[str, str | None]]:
        """What PostgreSQL said to each statement."""
        return [(ran.statement, ran.sqlstate) for ran in self.facts(StatementRan) if isinstance(ran, StatementRan)]


_STAGES: dict[tuple[str | None, ...], Stage] = {}
_MOST_STAGES = 3


def _stage(scenario: str) -> Stage:
    """A stage that tests share, as long as they are in the same surroundings; the oldest gives way."""
    key = (scenario, os.environ.get("REHEARSE_POSTGRES"), os.environ.get("XDG_CACHE_HOME"))
    if key not in _STAGES:
        if len(_STAGES) == _MOST_STAGES:
            _STAGES.pop(next(iter(_STAGES))).close()
        _STAGES[key] = Stage(find(scenario))
    return _STAGES[key]


@contextmanager
def story(scenario: str | Path, seed: int = 7) -> Iterator[Story]:
    """A session at clock zero, let go of at the end; what no run of a shipped scenario changes is shared."""
    with ExitStack() as stack:
        if isinstance(scenario, Path):
            session = stack.enter_context(Session.open(scenario, seed))
        else:
            session = stack.enter_context(_stage(scenario).session(seed))
        yield Story(session)
