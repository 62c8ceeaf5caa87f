"""The page's colours, light and dark; every pair that is read together has a contrast of 4.5 or more."""

PALETTE = {
    "light": {
        "paper": "#ffffff", "card": "#f4f5f7", "ink": "#1b1f24", "soft": "#535b66", "rule": "#8a929c", "run": "#0b57a4",
        "expert": "#6a4a00", "other": "#8a1f5c", "limit": "#a3190f", "link": "#0b4f94",
    },
    "dark": {
        "paper": "#14171a", "card": "#1f2428", "ink": "#eceff2", "soft": "#b3bbc4", "rule": "#7b858f", "run": "#7db8f5",
        "expert": "#e2b552", "other": "#f093c4", "limit": "#ff9a90", "link": "#8fc4ff",
    },
}  # fmt: skip
READ = ("ink", "soft", "run", "expert", "other", "limit", "link")
BEHIND = ("paper", "card")


def variables(scheme: str) -> str:
    """The colours of a scheme as CSS variables."""
    return "".join(f"--{name}:{colour};" for name, colour in PALETTE[scheme].items())


def contrast(one: str, other: str) -> float:
    """How well two colours are told apart, from 1 to 21, as WCAG 2 counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
