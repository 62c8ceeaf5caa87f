"""Which signs a terminal can show: braille, blocks, or letters alone. Meaning never rests on one of them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Symbols:
    """A set of signs; `plot` names how lines are drawn."""

    plot: str
    up: str
    down: str
    level: str
    rule: str
    dash: str
    dots: str
    upright: str
    tick: str
    cursor: str
    dot: str
    bar: str
    live: str
    held: str
    marks: Mapping[str, str]

    def fit(self, text: str) -> str:
        """The text in signs that this terminal has; every sign keeps its width."""
        return text.translate(_PLAINER).encode("ascii", "replace").decode() if self.plot == "ascii" else text


_PLAINER = str.maketrans({
    "–": "-", "—": "-", "…": ".", "×": "x", "·": ".", "→": ">", "←": "<", "▲": "^", "▼": "v", "▶": ">", "●": "*",
    "“": '"', "”": '"', "‘": "'", "’": "'", "≤": "<", "≥": ">", "│": "|", "─": "-", "┤": "|", "✓": "+", "✗": "x",
})  # fmt: skip

MARKS = {"deploy": "◆", "back": "◇", "migration": "▣", "flag": "⚑", "deed": "▪", "alert": "!", "end": "■"}
ASCII_MARKS = {"deploy": "D", "back": "R", "migration": "M", "flag": "F", "deed": "o", "alert": "!", "end": "#"}
BRAILLE = Symbols("braille", "▲", "▼", "─", "─", "╌", "·", "┊", "┤", "▸", "●", "│", "▶", "‖", MARKS)
BLOCK = Symbols("block", "▲", "▼", "─", "─", "╌", "·", "┊", "┤", "▸", "●", "│", "▶", "‖", MARKS)
ASCII = Symbols("ascii", "^", "v", "-", "-", "-", ".", ":", "|", ">", "*", "|", ">", "=", ASCII_MARKS)
SETS = {one.plot: one for one in (BRAILLE, BLOCK, ASCII)}


def symbols_for(environ: Mapping[str, str], encoding: str) -> Symbols:
    """The richest set that will not come out as boxes; REHEARSE_SYMBOLS has the last word."""
    asked = SETS.get(environ.get("REHEARSE_SYMBOLS", ""))
    if asked is not None:
        return asked
    poor = environ.get("TERM", "") in ("linux", "dumb", "vt100", "vt220", "")
    return ASCII if poor or "utf" not in encoding.lower() else BRAILLE
