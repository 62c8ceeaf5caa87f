"""Two panels of one shape: a list of things to read, and what the one under the cursor says."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from tui.console.panels.panel import Panel
from tui.console.widgets.pane import Pane
from tui.views.answers import change_rows, changes, diff_rows, probe_rows, probes

if TYPE_CHECKING:
    from tui.views.frame import Frame


class Beside(Panel):
    """The left list is filled once; what is chosen is asked of the run and shown on the right."""

    left = right = ""
    number = 0

    def __init__(self) -> None:
        super().__init__(id=f"panel-{self.number}", classes="panel")
        self._filled = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Pane(self.left, id=f"list-{self.number}", chooses=True)
            yield Pane(self.right, id=f"text-{self.number}", empty="enter reads what the cursor is on")

    def on_mount(self) -> None:
        self.pane(f"list-{self.number}").add_class("side")
        self.pane(f"list-{self.number}").add_class("-pointing")

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """Looking is free, and is written down."""
        event.stop()
        if event.pane.id == f"list-{self.number}" and event.row.key:
            self.read(event.row.key)

    def read(self, key: str) -> None:
        """Show one of them."""
        raise NotImplementedError

    def again(self) -> None:
        """Look once more."""
        if (chosen := self.pane(f"list-{self.number}").chosen) is not None and chosen.key:
            self.read(chosen.key)


class Changes(Beside):
    """What was shipped: releases and changes on the left, the diff on the right."""

    seen = ("changelog",)
    first = "list-4"
    left, right, number = "Changes", "Diff", 4

    def opened(self) -> None:
        """The list comes with a look at the changelog, which shows on the right at first."""
        if self.memory.frame is not None and not self._filled:
            self._filled = True
            self.pane("list-4").fill(changes(self.memory.frame.world))
            self.read("changelog")

    def take(self, frame: "Frame", *, held: bool) -> None:
        if not self._filled:
            self.opened()

    def read(self, key: str) -> None:
        pane = self.pane("text-4")
        pane.wraps = key == "changelog"
        if key == "changelog":
            self.room.look("look", {"what": "changelog"}, lambda text: pane.fill(change_rows(text)))
            pane.entitle("Changelog", "enter on a change shows its diff")
        else:
            self.room.look("diff", {"change": key}, lambda text: pane.fill(diff_rows(text)))
            pane.entitle(f"Diff of {key}", "[ ] next hunk")

    def hunk(self, by: int) -> None:
        """To the next hunk of the diff, or the one before."""
        pane = self.pane("text-4")
        starts = [at for at, one in enumerate(pane.shown) if one.key == "hunk"]
        ahead = [at for at in starts if at > pane.top] if by > 0 else [at for at in starts if at < pane.top][::-1]
        if ahead:
            pane.action_move(ahead[0] - pane.top)


class Look(Beside):
    """Everything else that can be read: deploys, flags, locks, sessions, jobs, backups, the pipeline."""

    first = "list-8"
    left, right, number = "Look at", "", 8

    def opened(self) -> None:
        if not self._filled:
            self._filled = True
            self.pane("list-8").fill(probes())
            self.pane("text-8").entitle("Answer", "enter reads, r reads again")

    def read(self, key: str) -> None:
        pane = self.pane("text-8")
        self.room.look("look", {"what": key}, lambda text: pane.fill(probe_rows(text)))
        pane.entitle(key.replace("_", " "), "r reads again")
