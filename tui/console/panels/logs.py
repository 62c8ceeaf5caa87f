"""The log, whole: by level, line by line or put together by what it says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from tui.console.panels.panel import Panel
from tui.console.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.views.frame import Frame


class Logs(Panel):
    """One list; the room's memory knows the level and whether lines are grouped."""

    seen = ("logs",)
    first = "log"

    def __init__(self) -> None:
        super().__init__(id="panel-2", classes="panel")

    def compose(self) -> ComposeResult:
        yield Pane("Logs", id="log", chooses=True, follows=True, empty="nothing of this level was written")

    def opened(self) -> None:
        """Everything that is remembered."""
        pane = self.pane("log")
        pane.fill(self.memory.log_groups() if self.memory.grouped else self.memory.log(self.memory.lines))
        how = "put together, last 5 minutes" if self.memory.grouped else "line by line"
        pane.entitle(f"Logs  level {self.memory.level}  {how}", "x why  l level  o group")
        pane.follow(True)

    def take(self, frame: "Frame", *, held: bool) -> None:
        pane = self.pane("log")
        if not self.memory.grouped:
            pane.add(self.memory.log(frame.lines))
        elif pane.follows:
            pane.fill(self.memory.log_groups(), keep=True)

    def tails(self) -> Sequence[Pane]:
        return [self.pane("log")]
