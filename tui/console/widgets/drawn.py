"""A widget that draws rows of toned text itself: no markup is read anywhere, and nothing is laid out anew for a row."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.views.spans import TONES, Row
from tui.views.symbols import BRAILLE, Symbols


class Drawn(Widget):
    """Rows in, strips out; strips are kept until the rows, the size or the theme change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in TONES}
    DEFAULT_CLASSES = "drawn"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] | None = None

    @property
    def symbols(self) -> Symbols:
        """The signs that this terminal has."""
        symbols: Symbols = getattr(self.app, "symbols", BRAILLE)
        return symbols

    def drawn(self, width: int, height: int) -> list[Row]:
        """The rows to show, at most so many."""
        raise NotImplementedError

    def redraw(self) -> None:
        """What is shown has changed."""
        self._strips = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went."""
        self._strips = None
        super().notify_style_update()

    def on_resize(self) -> None:
        """There is another number of rows to show."""
        self._strips = None

    def render_line(self, y: int) -> Strip:
        """One row as the compositor wants it."""
        width, height = self.size
        if self._strips is None:
            rows = self.drawn(width, height)[:height] if width and height else []
            self._strips = [self._strip(row, width) for row in rows]
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(width, self.rich_style)

    def _strip(self, row: Row, width: int) -> Strip:
        base = self.rich_style
        fit = self.symbols.fit
        segments = [Segment(fit(text), base + self.tone(tone) if tone else base) for text, tone in row.spans]
        return Strip(segments).adjust_cell_length(width, base if not self._whole(row) else segments[-1].style)

    def _whole(self, row: Row) -> bool:
        """Whether the tone of a row goes on to the edge, as that of the cursor does."""
        return bool(row.spans) and row.spans[-1][1] == "cursor"

    def tone(self, tone: str) -> Style:
        """How a tone looks under the present theme."""
        return self.get_component_rich_style(f"tone--{tone}", partial=True)
