"""What every panel can do: take a picture, say what is looked at in it, and hold still."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from tui.console.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.console.memory import Memory
    from tui.console.screens.room import Room
    from tui.views.frame import Frame


class Panel(Container):
    """A part of the room. `seen` names what its reader has looked at when they decide something."""

    seen: ClassVar[tuple[str, ...]] = ()
    first: ClassVar[str] = ""
    """Which widget the keys go to when the panel is opened."""

    @property
    def room(self) -> "Room":
        """The screen this is a part of."""
        screen: Room = self.screen  # type: ignore[assignment]
        return screen

    @property
    def memory(self) -> "Memory":
        """What has been shown so far."""
        return self.room.memory

    def opened(self) -> None:
        """It is in sight from now on."""

    def take(self, frame: "Frame", *, held: bool) -> None:
        """There is a new picture, and this is in sight."""

    def pane(self, name: str) -> Pane:
        """One of its lists."""
        return self.query_one(f"#{name}", Pane)

    def tails(self) -> Sequence[Pane]:
        """The lists that follow their end."""
        return ()

    def listed(self) -> Pane | None:
        """The list that filter, copy and save are about: the one with the focus, or the first."""
        focused = self.screen.focused
        if isinstance(focused, Pane) and focused in self.query(Pane):
            return focused
        return next(iter(self.query(Pane)), None)
