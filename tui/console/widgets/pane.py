"""A titled list of rows: with a cursor, a filter, and an end that it follows or not. All lists are this one."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.console.widgets.drawn import Drawn
from tui.views.spans import CURSOR, DIM, HEAD, STRONG, WARN, Row, row, wrapped

RING = 4_000


class Pane(Drawn, can_focus=True):
    """Holds at most so many rows. `chooses` gives it a cursor, `follows` keeps its end in sight, `wraps` its words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False), Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False), Binding("pagedown", "page(1)", show=False),
        Binding("g,home", "edge(-1)", show=False), Binding("G,end", "edge(1)", show=False),
        Binding("left", "slide(-8)", show=False), Binding("right", "slide(8)", show=False),
        Binding("enter", "choose", show=False),
    ]  # fmt: skip

    class Chosen(Message):
        """Somebody pressed enter on a row, or clicked it."""

        def __init__(self, pane: "Pane", row: Row) -> None:
            super().__init__()
            self.pane, self.row = pane, row

        @property
        def control(self) -> "Pane":
            """For handlers that name the pane."""
            return self.pane

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, pane: "Pane", row: Row | None) -> None:
            super().__init__()
            self.pane, self.row = pane, row

        @property
        def control(self) -> "Pane":
            """For handlers that name the pane."""
            return self.pane

    def __init__(
        self, title: str = "", *, id: str | None = None, chooses: bool = False, follows: bool = False,  # noqa: A002
        wraps: bool = False, empty: str = "nothing here",
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.title, self.note, self.empty = title, "", empty
        self.chooses, self.follows, self.wraps = chooses, follows, wraps
        self.rows: list[Row] = []
        self.filter = ""
        self.cursor = self.top = self.left = self.missed = 0
        self._shown: list[Row] | None = None

    def fill(self, rows: Iterable[Row], *, keep: bool = False) -> None:
        """Show these instead; `keep` leaves cursor and place where they are."""
        new = list(rows)[-RING:]
        if keep and new == self.rows:
            return
        self.rows, self._shown = new, None
        if not keep:
            self.cursor = self.top = self.left = 0
        self._settle()

    def add(self, rows: Sequence[Row]) -> None:
        """More at the end. Whoever does not follow keeps their place, and is told how many they miss."""
        if not rows:
            return
        self.rows += rows
        if over := max(0, len(self.rows) - RING):
            del self.rows[:over]
            if not self.follows:
                self.top = max(0, self.top - over)
        self.missed = 0 if self.follows else self.missed + len(rows)
        self._shown = None
        self._settle()

    def entitle(self, title: str, note: str = "") -> None:
        """What the first line says, and what stands at its right end."""
        if (title, note) != (self.title, self.note):
            self.title, self.note = title, note
            self.redraw()

    def narrow(self, text: str) -> None:
        """Show only rows with this text."""
        self.filter, self._shown = text.strip().lower(), None
        self.cursor = self.top = 0
        self._settle()

    def follow(self, on: bool) -> None:
        """Keep the end in sight, or hold still."""
        self.follows, self.missed = on, 0
        self._settle()

    @property
    def shown(self) -> list[Row]:
        """The rows that pass the filter, broken where words have to be."""
        if self._shown is None:
            passing = [one for one in self.rows if self.filter in one.text.lower()] if self.filter else self.rows
            self._shown = list(wrapped(passing, self.size.width)) if self.wraps and self.size.width else passing
        return self._shown

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self.shown[self.cursor] if self.chooses and self.cursor < len(self.shown) else None

    def jump(self, key: str) -> None:
        """Put the cursor on the first row with this key, or bring it into sight."""
        at = next((at for at, one in enumerate(self.shown) if one.key == key), None)
        if at is not None:
            self.follows, self.cursor, self.top = False, at, at
            self._settle()

    @property
    def room(self) -> int:
        """How many rows fit under the title."""
        return max(1, self.size.height - bool(self.title))

    def _settle(self) -> None:
        """Keep cursor and place within what there is."""
        count = len(self.shown)
        self.cursor = max(0, min(self.cursor, count - 1))
        last = max(0, count - self.room)
        if self.follows:
            self.top = last
            self.cursor = max(0, count - 1)
        elif self.chooses:
            self.top = min(max(self.top, self.cursor - self.room + 1), self.cursor)
        self.top = max(0, min(self.top, last))
        self.redraw()

    def on_resize(self) -> None:
        """Words break elsewhere now."""
        super().on_resize()
        self._shown = None
        self._settle()

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    def drawn(self, width: int, height: int) -> list[Row]:
        head = [self._head(width)] if self.title else []
        seen = self.shown[self.top : self.top + self.room]
        if not seen:
            return [*head, row((f"  {self.empty}" if not self.filter else f"  nothing with “{self.filter}”", DIM))]
        return [*head, *(self._marked(self.top + at, one) for at, one in enumerate(seen))]

    def _head(self, width: int) -> Row:
        """The title on a rule, with what is hidden at its right end."""
        rule, count = self.symbols.rule, len(self.shown)
        parts = [self.note] if self.note else []
        if self.filter:
            parts.append(f"/{self.filter}")
        if self.missed and not self.follows:
            parts.append(f"{self.symbols.held} HELD +{self.missed}")
        elif self.follows:
            parts.append(f"{self.symbols.live} following")
        if count > self.room:
            parts.append(f"{self.top + 1}-{min(count, self.top + self.room)} of {count}")
        right = f" {'  '.join(parts)} " if parts else ""
        tone = HEAD if self.has_focus else STRONG
        left = f"{rule} {self.title} "
        fill = rule * max(0, width - len(left) - len(right) - 1)
        return row(
            (left, tone), (fill, HEAD if self.has_focus else DIM), (right, WARN if self.missed else DIM), (rule, DIM)
        )

    def _marked(self, at: int, one: Row) -> Row:
        if self.left and one.spans:
            one = _slid(one, self.left)
        if not self.chooses:
            return one
        here = at == self.cursor and (self.has_focus or self.has_class("-pointing"))
        sign = self.symbols.cursor if here else " "
        if not here:
            return Row(((f"{sign} ", ""), *one.spans), one.key)
        return Row(((f"{sign} {one.text}", CURSOR),), one.key)

    def action_move(self, by: int) -> None:
        """A row up or down."""
        if self.chooses:
            self.cursor = max(0, min(len(self.shown) - 1, self.cursor + by))
        else:
            self.top += by
        self.follows = self.follows and by > 0
        self._settle()
        self.post_message(self.Moved(self, self.chosen))

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        self.action_move(by * max(1, self.room - 1))

    def action_edge(self, by: int) -> None:
        """To the first or the last row."""
        self.action_move(by * len(self.shown))

    def action_slide(self, by: int) -> None:
        """Show what is too far right."""
        self.left = max(0, self.left + by)
        self.redraw()

    def action_choose(self) -> None:
        """Take the row under the cursor."""
        if (chosen := self.chosen) is not None:
            self.post_message(self.Chosen(self, chosen))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """For whoever has a mouse."""
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """For whoever has a mouse."""
        event.stop()
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        """The first click points, the second takes."""
        at = self.top + event.y - bool(self.title)
        if self.chooses and 0 <= at < len(self.shown):
            again = at == self.cursor
            self.cursor = at
            self._settle()
            self.post_message(self.Moved(self, self.chosen))
            if again:
                self.action_choose()


def _slid(one: Row, by: int) -> Row:
    spans = []
    for text, tone in one.spans:
        spans.append((text[by:], tone))
        by = max(0, by - len(text))
    return Row(tuple((text, tone) for text, tone in spans if text), one.key)
