"""The whole at one glance: four charts on one time axis, the end of the log, what happened, who wrote."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Horizontal

from tui.console.panels.panel import Panel
from tui.console.widgets.line_chart import LineChart
from tui.console.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.views.frame import Frame

SHOWN = 4


class Overview(Panel):
    """Charts page by page; `z` shows one alone."""

    seen = ("metrics", "logs")
    first = "below-log"

    def __init__(self) -> None:
        super().__init__(id="panel-1", classes="panel")
        self._page, self._alone = 0, -1

    def compose(self) -> ComposeResult:
        with Container(id="charts"):
            for at in range(SHOWN):
                yield LineChart(id=f"chart-{at}")
        with Horizontal(id="below"):
            yield Pane("Logs", id="below-log", follows=True, empty="nothing was written yet")
            yield Pane("Timeline", id="below-moments", follows=True, empty="nothing has happened yet")
            yield Pane("Messages", id="below-mail", follows=True, wraps=True, empty="nobody has written")

    def opened(self) -> None:
        """Everything there is so far."""
        self.pane("below-log").fill(self.memory.log(self.memory.lines))
        self.pane("below-moments").fill([told for _, told in self.memory.moments])
        if self.memory.frame is not None:
            self._draw(self.memory.frame)

    def take(self, frame: "Frame", *, held: bool) -> None:
        """The charts anew, the lists with what is new."""
        self.pane("below-log").add(self.memory.log(frame.lines))
        self.pane("below-moments").add([told for _, told in frame.moments])
        if not held:
            self._draw(frame)

    def _draw(self, frame: "Frame") -> None:
        charts = frame.charts[self._page * SHOWN : self._page * SHOWN + SHOWN]
        for at in range(SHOWN):
            chart = self.query_one(f"#chart-{at}", LineChart)
            chart.show(charts[at] if at < len(charts) else None)
        self.pane("below-mail").fill(frame.messages, keep=True)
        self.pane("below-log").entitle("Logs", f"level {self.memory.level}")

    def tails(self) -> Sequence[Pane]:
        return [self.pane(name) for name in ("below-log", "below-moments", "below-mail")]

    def next_page(self) -> None:
        """The next four charts, if there are more."""
        frame = self.memory.frame
        if frame is not None:
            self._page = (self._page + 1) % -(-len(frame.charts) // SHOWN)
            self._draw(frame)

    def enlarge(self) -> None:
        """One chart alone, then the next one, then all again."""
        self._alone = self._alone + 1 if self._alone + 1 < SHOWN else -1
        self.set_class(self._alone >= 0, "-big")
        for at in range(SHOWN):
            self.query_one(f"#chart-{at}", LineChart).display = self._alone in (-1, at)
