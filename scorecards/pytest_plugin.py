"""Plays as tests may expect points: this tells pytest's side of plays whom to ask, and imports nothing before that."""

from typing import TYPE_CHECKING

import pytest

from sim.pytest_plugin import GRADER

if TYPE_CHECKING:
    from sim.expect import Score
    from sim.result import Result
    from sim.session import Session


def pytest_configure(config: pytest.Config) -> None:
    """Plays that expect points are judged here."""
    config.stash[GRADER] = _grader


def _grader(session: "Session", result: "Result") -> "Score":
    from scorecards.grade import asked

    return asked(session, result)
