"""Where something is typed. What is pasted may come from anywhere, and passes the same door as what is shown."""

from textual import events
from textual.widgets import Input

from tui.safe_text import safe_line


class Field(Input):
    """One line."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        event.text = safe_line(event.text, 4_000)
        super()._on_paste(event)
