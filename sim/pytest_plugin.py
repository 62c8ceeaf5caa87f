"""pytest's side of plays: each YAML play with an `expect:` block is a test, in anybody's repository.

Loaded by every pytest run of an environment that has this package, so it imports nothing of the simulator before a play
is there to be run.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.expect import Score, Unmet
    from sim.play import Play
    from sim.result import Result
    from sim.session import Session
    from sim.stage import Stage

LARGEST, STAGES = 1_000_000, 2
_SAYS = [re.compile(rb"^%s[ \t]*:" % key, re.MULTILINE) for key in (b"scenario", b"expect")]
GRADER: "pytest.StashKey[Callable[[Session, Result], Score]]" = pytest.StashKey()
"""Where whoever judges runs leaves a way to ask for points."""
_STAGES = pytest.StashKey["dict[Path, Stage]"]()


class UnmetError(Exception):
    """The play came out otherwise: the lines to show."""


def pytest_configure(config: pytest.Config) -> None:
    """Stages are kept by the run that they serve."""
    config.stash[_STAGES] = {}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of tables and servers."""
    for stage in config.stash.get(_STAGES, {}).values():
        stage.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A YAML file that names a scenario and expects something of it."""
    if file_path.suffix not in {".yaml", ".yml"} or file_path.stat().st_size > LARGEST:
        return None
    text = file_path.read_bytes()
    return PlayFile.from_parent(parent, path=file_path) if all(says.search(text) for says in _SAYS) else None


class PlayFile(pytest.File):
    """A play's file, which holds one test."""

    def collect(self) -> Iterator[pytest.Item]:
        """The play itself; it is read when it is run."""
        yield PlayItem.from_parent(self, name="expect")


class PlayItem(pytest.Item):
    """One run of one play."""

    def runtest(self) -> None:
        """Carry it out, and compare."""
        from sim.expect import unmet
        from sim.play import read_play

        play = read_play(self.path)
        with self._stage(play).session(1 if play.seed is None else play.seed) as session:
            session.follow(play)
            result = session.finish()
            missed = unmet(play.expect, result, self._score(session, result)) if play.expect else []
            if missed:
                raise UnmetError("\n".join(_told(play, session, missed)))

    def _score(self, session: "Session", result: "Result") -> "Score | None":
        """Who gives the points that a play expects: whoever judges runs has left a way to ask."""
        grader = self.config.stash.get(GRADER, None)
        return grader(session, result) if grader else None

    def _stage(self, play: "Play") -> "Stage":
        """The stage of its scenario; a few are kept, the one used last the longest."""
        from sim.stage import Stage

        folder, stages = self._folder(play), self.config.stash[_STAGES]
        stage = stages.pop(folder, None) or Stage(folder)
        stages[folder] = stage
        while len(stages) > STAGES:
            stages.pop(next(iter(stages))).close()
        return stage

    def _folder(self, play: "Play") -> Path:
        """The scenario is the folder around its plays, one named from where the play is, or one that came along."""
        from sim.scenario.load import FILE, find

        around, named = self.path.parent.parent, self.path.parent / play.scenario
        if around.name == play.scenario and (around / FILE).is_file():
            return around.resolve()
        return (named if named.exists() else find(play.scenario)).resolve()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What people need to see: the expectation, what came, and what happened then; our own errors as they speak."""
        from sim.errors import RehearsalError

        if isinstance(excinfo.value, UnmetError | RehearsalError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """How a report calls it."""
        return self.path, 0, f"play {self.path.stem}"


def _told(play: "Play", session: "Session", missed: "list[Unmet]") -> Iterator[str]:
    from sim.nearby import around
    from sim.scenario.marks import Marks

    marks, told = play.marks or Marks("play"), set[int]()
    for one in missed:
        yield f"{marks.value(('expect', *one.place))}: {one}"
        at_ms = session.now_ms if one.at_ms is None else min(one.at_ms, session.now_ms)
        if at_ms not in told:
            told.add(at_ms)
            yield from around(session.engine, at_ms)
