"""One picture of a run at an instant, made beside the screen and drawn on it; nothing in it changes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.world import World
    from tui.views.log_lines import LogLine
    from tui.views.moments import Moment
    from tui.views.plot import Chart
    from tui.views.spans import Row
    from tui.views.truth import Truth


@dataclass(frozen=True)
class Frame:
    """What is new since the last picture (`lines`, `moments`), and what is true now (the rest)."""

    now_ms: int
    truth: "Truth"
    charts: "tuple[Chart, ...]"
    lines: "tuple[LogLine, ...]"
    moments: "tuple[tuple[Moment, Row], ...]"
    messages: "tuple[Row, ...]"
    thoughts: "tuple[Row, ...]"
    notes: "tuple[Row, ...]"
    standing: "tuple[Row, ...]"
    guidance: tuple[str, ...]
    scopes: tuple[str, ...]
    over: bool
    world: "World"
