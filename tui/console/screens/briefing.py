"""What happened, what done means, and how to begin; the run is made ready while it is read."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.console import acting
from tui.console.app import Choice
from tui.console.widgets.bar import Bar
from tui.console.widgets.pane import Pane
from tui.views.spans import DIM, OK, STRONG, WARN, Row, row
from tui.views.symbols import Symbols


class Briefing(Screen[None]):
    """Enter begins, as soon as the run is ready."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "begin", priority=True, show=False), Binding("escape", "leave", "back", show=False),
    ]  # fmt: skip

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self._choice, self._ready, self._wanted = choice, False, False

    def compose(self) -> ComposeResult:
        yield Bar(self._head, id="truth")
        yield Pane("", id="brief", wraps=True, empty="reading …")
        yield Bar(self._foot, id="keys")

    def on_mount(self) -> None:
        self.query_one("#brief", Pane).focus()
        self.app.ask(acting.briefed, self._fill)  # type: ignore[attr-defined]

    def _fill(self, rows: "Sequence[Row]") -> None:
        self.query_one("#brief", Pane).fill(rows)

    def _head(self, width: int, symbols: Symbols) -> Row:
        chosen = self._choice
        what = "the run that was left" if chosen.resume is not None else f"{chosen.scenario}, seed {chosen.seed}"
        return row((f" Briefing: {what}  ", STRONG), (f"{chosen.mode}, {chosen.speed:g}x", DIM))

    def _foot(self, width: int, symbols: Symbols) -> Row:
        if self._ready:
            return row((" enter", STRONG), (" the clock starts  ", OK), ("esc", STRONG), (" back", DIM))
        return row((" making the system ready … ", WARN), ("esc", STRONG), (" back", DIM))

    def ready(self) -> None:
        """The run stands at its first moment."""
        self._ready = True
        self.query_one("#keys", Bar).redraw()
        if self._wanted:
            self.action_begin()

    def action_begin(self) -> None:
        """Into the room; who is faster than the machine waits a moment."""
        from tui.console.screens.room import Room

        self._wanted = True
        if self._ready and self.app.screen is self:
            self.app.switch_screen(Room())

    def action_leave(self) -> None:
        """Back to the lobby."""
        self.app.drop()  # type: ignore[attr-defined]
        self.app.pop_screen()
