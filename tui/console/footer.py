"""The last line: the keys that work here, as many as there is room for."""

from tui.console.keys import EVERYWHERE, Key
from tui.views.spans import DIM, STRONG, Row, Span, row


def keys_row(keys: tuple[Key, ...], width: int) -> Row:
    """Caps and words; the help key always has its place, for everything that has none."""
    spans: list[Span] = [(" ", "")]
    helps = next(one for one in EVERYWHERE if one.short == "Help")
    room = width - len(_piece(helps)) - 2
    for one in keys:
        if one.short and (room := room - len(_piece(one))) >= 0:
            spans += [(one.cap, STRONG), (f" {one.short}  ", DIM)]
    return row(*spans, (helps.cap, STRONG), (f" {helps.short}", DIM))


def _piece(one: Key) -> str:
    return f"{one.cap} {one.short}  "
