"""Who wrote, how things stand; and what one thinks: notes, hypotheses, predictions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui.console.panels.panel import Panel
from tui.console.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.views.frame import Frame


class Comms(Panel):
    """Messages on the left, how things stand on the right."""

    seen = ("messages", "status")
    first = "mail"

    def __init__(self) -> None:
        super().__init__(id="panel-6", classes="panel")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Pane("Messages", id="mail", follows=True, wraps=True, empty="nobody has written")
            standing = Pane("How things stand", id="standing", wraps=True)
            standing.add_class("side")
            yield standing

    def opened(self) -> None:
        """Whoever opens this has read it."""
        self.pane("mail").entitle("Messages", "u update  a page, declare, announce")
        self.room.read_mail()
        if self.memory.frame is not None:
            self.take(self.memory.frame, held=False)

    def take(self, frame: "Frame", *, held: bool) -> None:
        if not held:
            self.pane("mail").fill(frame.messages, keep=True)
        self.pane("standing").fill(frame.standing, keep=True)
        if frame.truth.unread:
            self.room.read_mail()

    def tails(self) -> Sequence[Pane]:
        return [self.pane("mail")]


class Notes(Panel):
    """The board of hypotheses, where enter goes from open to supported to refuted; and what was written down."""

    first = "board"

    def __init__(self) -> None:
        super().__init__(id="panel-7", classes="panel")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Pane("Hypotheses, predictions, hints", id="board", chooses=True, wraps=False,
                       empty="i writes down what you take to be the cause")  # fmt: skip
            yield Pane("Notes", id="notes", wraps=True, follows=True, empty="N writes something down")

    def opened(self) -> None:
        self.pane("board").entitle("Hypotheses", "i new  enter: supported, refuted, open")
        if self.memory.frame is not None:
            self.take(self.memory.frame, held=False)

    def take(self, frame: "Frame", *, held: bool) -> None:
        self.pane("notes").fill(frame.notes, keep=True)
        pane = self.pane("board")
        if [one.text for one in pane.rows] != [one.text for one in frame.thoughts]:
            at = pane.cursor
            pane.fill(frame.thoughts)
            pane.action_move(at)

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """The next state of a hypothesis."""
        event.stop()
        if event.row.key:
            state = event.row.text.split(" ")[0]
            order = ("open", "supported", "refuted")
            after = order[(order.index(state) + 1) % 3] if state in order else "supported"
            self.room.do("hypothesis", {"says": event.row.key, "state": after})
