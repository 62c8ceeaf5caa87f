"""A chart over time: a heading, a field, and the axis that it shares with its neighbours."""

from tui.console.widgets.drawn import Drawn
from tui.views.plot import Chart, axis, ceiling, heading, plot
from tui.views.spans import DIM, Row, row


class LineChart(Drawn):
    """Draws what it was last given; its scale holds still as long as the values let it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.chart: Chart | None = None
        self._top = 0.0

    def show(self, chart: Chart | None) -> None:
        """Draw this from now on."""
        if chart is self.chart:
            return
        if chart is None or self.chart is None or (chart.name, chart.of) != (self.chart.name, self.chart.of):
            self._top = 0.0
        self.chart = chart
        if chart is not None:
            known = [value for value in (*chart.values, chart.bound, chart.before) if value is not None]
            self._top = ceiling(max(known, default=0.0) * 1.05, self._top)
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Row]:
        if self.chart is None:
            return [row(("nothing to draw yet", DIM))]
        clock = height >= 7
        field = height - 1 - clock
        rows = [heading(self.chart, self.symbols, width)]
        if field > 0:
            rows += plot(self.chart, width, field, self.symbols, self._top)
        if clock:
            rows.append(axis(self.chart.start_ms, self.chart.end_ms, width, ""))
        return rows
