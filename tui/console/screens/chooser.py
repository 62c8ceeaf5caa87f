"""Boxes over the screen: choose from a list by typing, answer in a line, or read and go back."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.console.widgets.bar import Bar
from tui.console.widgets.field import Field
from tui.console.widgets.pane import Pane
from tui.views.spans import DIM, STRONG, Row, row

Offer = Callable[[str], Sequence[Row]]
About = Callable[[str], Sequence[Row]]


class Typed(ModalScreen[str | None]):
    """A box with a field. What is typed before the field has the keys is not lost."""

    up = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before there is anything to point at, keys wait in line; only escape does not."""
        return self.up or action == "leave"

    def on_key(self, event: events.Key) -> None:
        """Hand over what came too early."""
        fields = self.query(Field)
        if not fields or fields.first().has_focus:
            return
        if event.key == "enter":
            fields.first().post_message(events.Key(event.key, event.character))
        elif event.key in ("up", "down") and isinstance(self, Chooser):
            self.action_point(1 if event.key == "down" else -1)
        elif event.is_printable and event.character:
            fields.first().insert_text_at_cursor(event.character)
        event.stop()


class Chooser(Typed):
    """Type to filter, arrows to point, enter to take. `free` takes what is on no list; `leads` prefers the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("up", "point(-1)", show=False), Binding("down", "point(1)", show=False),
        Binding("pageup", "point(-8)", show=False),
        Binding("pagedown", "point(8)", show=False),
        Binding("tab", "complete", show=False),
    ]  # fmt: skip

    def __init__(
        self, title: str, offer: Offer, *, about: About | None = None, free: bool = False, typed: str = "",
        hint: str = "type to filter", leads: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self._title, self._offer, self._about, self._free = title, offer, about, free
        self._typed, self._hint, self._leads = typed, hint, leads
        self._shown: str | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Bar(lambda width, symbols: row((self._title, STRONG)))
            yield Field(self._hint, id="typed")
            yield Pane("", id="offers", chooses=True, empty="nothing fits")
            if self._about is not None:
                yield Pane("what it does", id="about", wraps=True, empty="")
            keys = "enter take · tab complete · esc back" if self._free else "enter take · esc back · the clock runs"
            yield Bar(lambda width, symbols: row((keys, DIM)))

    def on_mount(self) -> None:
        field = self.query_one("#typed", Field)
        self.offers.add_class("-pointing")
        self.offers.can_focus = False
        field.value = self._typed
        field.cursor_position = len(self._typed)
        self.set_focus(field)
        self.up = True
        self._show(self._typed)

    @property
    def offers(self) -> Pane:
        """The list."""
        return self.query_one("#offers", Pane)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, typed: str) -> None:
        if typed == self._shown:
            return
        self._shown = typed
        self.offers.fill(self._offer(typed))
        self._tell()

    def _tell(self) -> None:
        if self._about is not None:
            chosen = self.offers.chosen
            typed = self.query_one("#typed", Field).value
            self.query_one("#about", Pane).fill(self._about(chosen.key if chosen and not self._free else typed))

    def action_point(self, by: int) -> None:
        """Another row."""
        self.offers.action_move(by)
        self._tell()

    def action_complete(self) -> None:
        """What the row under the cursor would have one type."""
        chosen, field = self.offers.chosen, self.query_one("#typed", Field)
        if chosen is not None and chosen.key:
            field.value = chosen.key
            field.cursor_position = len(chosen.key)

    def action_take(self) -> None:
        """The row under the cursor; what was typed where there is none, or where typing leads.

        The list may be behind the typing: whoever types fast and presses enter means what is typed.
        """
        self._show(self.query_one("#typed", Field).value)
        chosen, typed = self.offers.chosen, self.query_one("#typed", Field).value.strip()
        if self._free and typed and (chosen is None or not self._leads or "," in typed):
            self.dismiss(typed)
        elif chosen is not None:
            self.dismiss(chosen.key)
        elif self._free:
            self.dismiss(typed)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """The field takes keys in their order, so that enter comes after what was typed before it."""
        self.action_take()

    @on(Pane.Chosen)
    def _clicked(self, event: Pane.Chosen) -> None:
        self.dismiss(event.row.key)

    def action_leave(self) -> None:
        """Never mind."""
        self.dismiss(None)


class Question(Typed):
    """One line to type. With `wanted`, only that line is taken: it stands between a key and a disaster."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False, priority=True)]

    def __init__(
        self, title: str, rows: Sequence[Row] = (), *, wanted: str = "", typed: str = "", hint: str = "",
        changed: Callable[[str], None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._title, self._rows, self._wanted, self._typed = title, rows, wanted, typed
        self._hint, self._changed_to = hint, changed

    def compose(self) -> ComposeResult:
        with Vertical(id="box", classes="small" if not self._rows else ""):
            yield Bar(lambda width, symbols: row((self._title, STRONG)))
            if self._rows:
                yield Pane("", id="about", wraps=True)
            yield Field(self._hint or (f"type {self._wanted} to do it" if self._wanted else ""), id="typed")
            yield Bar(lambda width, symbols: row(("enter · esc back", DIM)))

    def on_mount(self) -> None:
        field = self.query_one("#typed", Field)
        field.value = self._typed
        field.cursor_position = len(self._typed)
        self.set_focus(field)
        self.up = True
        if self._rows:
            self.query_one("#about", Pane).fill(self._rows)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        if self._changed_to is not None:
            self._changed_to(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        if not self._wanted or typed == self._wanted:
            self.dismiss(typed)

    def action_leave(self) -> None:
        """Never mind."""
        self.dismiss(None)


class Reading(ModalScreen[None]):
    """Something to read, over what one was doing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "leave", show=False, priority=True)]

    def __init__(self, title: str, rows: Sequence[Row], *, wraps: bool = True) -> None:
        super().__init__()
        self._title, self._rows, self._wraps = title, rows, wraps

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Pane(self._title, id="about", wraps=self._wraps)
            yield Bar(lambda width, symbols: row(("esc back · arrows to scroll", DIM)))

    def on_mount(self) -> None:
        pane = self.query_one("#about", Pane)
        pane.fill(self._rows)
        pane.focus()

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
