"""What is shown where nothing else fits."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.console.widgets.bar import Bar
from tui.views.spans import STRONG, Row, row
from tui.views.symbols import Symbols


class TooSmall(ModalScreen[None]):
    """Says how large the window has to be; the clock runs, and `q` still asks."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", show=False)]

    def __init__(self, smallest: tuple[int, int]) -> None:
        super().__init__()
        self._smallest = smallest

    def compose(self) -> ComposeResult:
        yield Bar(self._words)

    def _words(self, width: int, symbols: Symbols) -> Row:
        wide, high = self._smallest
        return row((f" needs {wide}×{high} (now {self.app.size.width}×{self.app.size.height})", STRONG))

    def on_resize(self) -> None:
        """Say the new size."""
        self.query_one(Bar).redraw()
