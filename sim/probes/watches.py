"""The numbers that somebody keeps an eye on."""

from collections.abc import Sequence

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import Watched

_BARS = "▁▂▃▄▅▆▇█"
SHOWN = 60


def read(engine: Engine) -> str:
    """Each kept query as a chart of its last hour, one bar a minute, with its first and its last value."""
    kept: dict[str, list[tuple[int, Watched]]] = {name: [] for name in engine.world.watches}
    for entry in engine.journal.entries:
        if isinstance(entry.fact, Watched):
            kept[entry.fact.called].append((entry.at_ms, entry.fact))
    return "\n".join(_told(name, values) for name, values in kept.items()) or "nothing is watched"


def _told(name: str, values: Sequence[tuple[int, Watched]]) -> str:
    if not values:
        return f"{name}: not asked yet"
    (since_ms, first), (_, last) = values[0], values[-1]
    if last.gap:
        return f"{name}: {last.gap}"
    chart = bars([float(value.value) for _, value in values[-SHOWN:] if _is_number(value.value)])
    return f"{name} since {show(since_ms)}: {chart} {first.value} → {last.value}"


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def bars(values: Sequence[float]) -> str:
    """A line of bars between the smallest and the largest value."""
    if not values:
        return ""
    low, span = min(values), max(values) - min(values)
    return "".join(_BARS[round((value - low) / span * 7) if span else 0] for value in values)
