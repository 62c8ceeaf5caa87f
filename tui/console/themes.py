"""Two palettes that stay apart for every kind of colour vision; the terminal's own colours are a third choice."""

from textual.theme import Theme

DARK = Theme(
    name="console-dark", dark=True, background="#101216", surface="#101216", panel="#1b1f26", foreground="#d8dce3",
    primary="#10B1F4", secondary="#8f98a8", accent="#F3D509", success="#10B1F4", warning="#F3D509", error="#F22657",
    variables={"input-cursor-background": "#d8dce3", "input-cursor-foreground": "#101216"},
)  # fmt: skip
LIGHT = Theme(
    name="console-light", dark=False, background="#FAFAFA", surface="#FAFAFA", panel="#e9ebee", foreground="#1a1d23",
    primary="#0368C1", secondary="#5a6270", accent="#7C7213", success="#0368C1", warning="#7C7213", error="#68032A",
    variables={"input-cursor-background": "#1a1d23", "input-cursor-foreground": "#FAFAFA"},
)  # fmt: skip
THEMES = (DARK, LIGHT)
