"""One line that says something: the truth, the tabs, the keys."""

from collections.abc import Callable

from textual import events
from textual.message import Message

from tui.console.widgets.drawn import Drawn
from tui.views.spans import Row
from tui.views.symbols import Symbols

Telling = Callable[[int, Symbols], Row]


class Bar(Drawn):
    """Tells one row for the width there is; a click on a piece with a key says so."""

    class Chosen(Message):
        """Somebody clicked a column."""

        def __init__(self, bar: "Bar", x: int) -> None:
            super().__init__()
            self.bar, self.x = bar, x

    def __init__(self, telling: Telling, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="bar")
        self._telling = telling

    def tell(self, telling: Telling) -> None:
        """Say something else from now on."""
        self._telling = telling
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Row]:
        return [self._telling(width, self.symbols)]

    def on_click(self, event: events.Click) -> None:
        """A key is a button for whoever has a mouse."""
        self.post_message(self.Chosen(self, event.x))
