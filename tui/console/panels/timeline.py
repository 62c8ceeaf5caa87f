"""Everything that happened and everything that was decided, in order."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from tui.console.panels.panel import Panel
from tui.console.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.views.frame import Frame


class Timeline(Panel):
    """One list; enter on a row shows the log of that moment."""

    seen = ("deploys", "alerts")
    first = "moments"

    def __init__(self) -> None:
        super().__init__(id="panel-3", classes="panel")

    def compose(self) -> ComposeResult:
        yield Pane("Timeline", id="moments", chooses=True, follows=True, empty="nothing has happened yet")

    def opened(self) -> None:
        self.pane("moments").fill([told for _, told in self.memory.moments])
        self.pane("moments").entitle("Timeline", "enter: the log of that moment")
        self.pane("moments").follow(True)

    def take(self, frame: "Frame", *, held: bool) -> None:
        self.pane("moments").add([told for _, told in frame.moments])

    def tails(self) -> Sequence[Pane]:
        return [self.pane("moments")]

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """Moments and log have one clock."""
        event.stop()
        if event.row.key.isdigit():
            self.room.go_to(int(event.row.key))
