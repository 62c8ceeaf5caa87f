"""What happened, as a timeline draws it: a row for each moment."""

from typing import TYPE_CHECKING

from scorecards.moments import Moment, deed, moments, wall
from tui.views.spans import DIM, MARK, Row, row

if TYPE_CHECKING:
    from sim.scenario.model import Scenario

__all__ = ["Moment", "deed", "line", "moments", "wall"]


def line(scenario: "Scenario", one: Moment, sign: str = " ") -> Row:
    """A moment as a row."""
    clock = wall(scenario, one.at_ms)
    return row((f"{clock} ", DIM), (f"{sign} ", MARK), (f"{one.word:<8} ", one.tone), one.text, key=str(one.at_ms))
