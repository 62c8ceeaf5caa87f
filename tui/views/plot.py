"""A line over time as rows of text: braille, blocks or letters; with a bound, what was before, and marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.views.spans import DIM, ERR, MARK, OK, PLAIN, STRONG, WARN, Row, Span
from tui.views.symbols import Symbols

GUTTER = 7
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Mark:
    """Something that happened: where on the time axis, and of which kind; `sign` stands for a kind's own sign."""

    at_ms: int
    kind: str
    sign: str = ""


@dataclass(frozen=True)
class Chart:
    """Values at even distances from `start_ms` to `end_ms`, the last one the newest; None where nothing is known.

    `of` names what the values are a part of, `bound` is what they should stay below, `before` what was usual.
    """

    name: str
    of: str
    unit: str
    values: tuple[float | None, ...]
    start_ms: int
    end_ms: int
    bound: float | None = None
    before: float | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def now(self) -> float | None:
        """The last value that is known."""
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def over(self) -> bool:
        """Whether the present value is beyond the bound."""
        return self.bound is not None and self.now is not None and self.now > self.bound

    @property
    def trend(self) -> int:
        """Where it is going: the last few values beside the few before them; 1, 0 or -1."""
        known = [value for value in self.values if value is not None]
        if len(known) < 6:
            return 0
        new, old = sum(known[-3:]) / 3, sum(known[-6:-3]) / 3
        return 0 if abs(new - old) <= 0.1 * max(abs(new), abs(old)) else (1 if new > old else -1)


def number(value: float | None) -> str:
    """Three digits that matter: 0.07, 5.19, 188, 2.5k."""
    if value is None:
        return "–"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def ceiling(peak: float, held: float = 0.0) -> float:
    """The top of the scale: a round number above the peak; it grows at once, and shrinks when little of it is used."""
    if peak <= 0:
        return held or 1.0
    if 0.3 * held <= peak <= held:
        return held
    power = 10.0 ** (len(str(int(peak))) - 1) if peak >= 1 else 10.0 ** -_leading_zeros(peak)
    return next(step * power for step in _STEPS if step * power >= peak)


def _leading_zeros(peak: float) -> int:
    zeros = 0
    while peak < 1 and zeros < 9:
        peak, zeros = peak * 10, zeros + 1
    return zeros


def heading(chart: Chart, symbols: Symbols, width: int) -> Row:
    """The chart in one line: what it is, of what, how much now, where it goes, and what was usual."""
    arrow = {1: symbols.up, 0: symbols.level, -1: symbols.down}[chart.trend]
    value = f"{number(chart.now)}{chart.unit} {arrow}"
    tone = ERR if chart.over else STRONG
    bound = f"{'over SLO' if chart.over else 'SLO'} {number(chart.bound)}" if chart.bound is not None else ""
    usual = f"before {number(chart.before)}" if chart.before is not None else ""
    right = "  ".join(part for part in (bound, usual) if part)
    left = f"{chart.name} "
    of = f"{chart.of}  "
    room = width - len(left) - len(value) - 2
    if len(of) + len(right) > room:
        of = ""
    if len(right) > room:
        right = bound if len(bound) <= room else ""
    gap = max(1, width - len(left) - len(of) - len(value) - len(right) - 1)
    return Row(((left, STRONG), (of, DIM), (value, tone), (" " * gap, PLAIN), (right, WARN if chart.over else DIM)))


def columns(values: Sequence[float | None], count: int) -> list[float | None]:
    """The values in so many columns; peaks stay."""
    if not values:
        return [None] * count
    found: list[float | None] = []
    for column in range(count):
        start = column * len(values) // count
        stop = max(start + 1, (column + 1) * len(values) // count)
        some = [value for value in values[start:stop] if value is not None]
        found.append(max(some) if some else None)
    return found


def plot(chart: Chart, width: int, height: int, symbols: Symbols, top: float) -> list[Row]:
    """The field of a chart: so many rows, each with its part of the scale."""
    wide = max(1, width - GUTTER)
    cells = _CELLS[symbols.plot](chart, wide, height, top)
    under = _under(chart, wide, height, symbols, top)
    tone = ERR if chart.over else OK
    rows = []
    for y in range(height):
        label = number(top) if y == 0 else ("0" if y == height - 1 else "")
        spans: list[Span] = [(f"{label:>{GUTTER - 1}}{symbols.tick}", DIM)]
        for x in range(wide):
            drawn = cells[y][x]
            piece = (drawn, tone) if drawn not in (" ", "\u2800") else under[y][x]
            if spans[-1][1] == piece[1] and len(spans) > 1:
                spans[-1] = (spans[-1][0] + piece[0], piece[1])
            else:
                spans.append(piece)
        rows.append(Row(tuple(spans)))
    return rows


def _under(chart: Chart, wide: int, height: int, symbols: Symbols, top: float) -> list[list[Span]]:
    """What shows where the line is not: marks before the bound before what was usual."""
    field = [[(" ", PLAIN)] * wide for _ in range(height)]
    for value, sign, tone in ((chart.before, symbols.dots, DIM), (chart.bound, symbols.dash, WARN)):
        if value is not None and 0 <= value <= top:
            y = min(height - 1, int((1 - value / top) * height))
            field[y] = [(sign, tone)] * wide
    span = max(1, chart.end_ms - chart.start_ms)
    for mark in reversed(chart.marks):
        x = (mark.at_ms - chart.start_ms) * wide // span
        if 0 <= x < wide:
            for y in range(height):
                field[y][x] = (mark.sign or symbols.marks[mark.kind] if y == 0 else symbols.upright, MARK)
    return field


def _braille(chart: Chart, wide: int, height: int, top: float) -> list[list[str]]:
    cells = [[0x2800] * wide for _ in range(height)]
    last: int | None = None
    for x, value in enumerate(columns(chart.values, 2 * wide)):
        if value is None:
            last = None
            continue
        y = _level(value, top, 4 * height)
        for dot in range(min(y, last if last is not None else y), max(y, last if last is not None else y) + 1):
            up = 4 * height - 1 - dot
            cells[up // 4][x // 2] |= _DOTS[up % 4][x % 2]
        last = y
    return [[chr(code) for code in line] for line in cells]


def _level(value: float, top: float, steps: int) -> int:
    return max(0, min(steps - 1, int(value / top * steps)))


def _block(chart: Chart, wide: int, height: int, top: float) -> list[list[str]]:
    cells = [[" "] * wide for _ in range(height)]
    for x, value in enumerate(columns(chart.values, wide)):
        if value is not None:
            eighths = max(1, min(8 * height, round(value / top * 8 * height)))
            for y in range(height):
                filled = eighths - 8 * (height - 1 - y)
                cells[y][x] = _EIGHTHS[max(0, min(8, filled))]
    return cells


def _ascii(chart: Chart, wide: int, height: int, top: float) -> list[list[str]]:
    cells = [[" "] * wide for _ in range(height)]
    last: int | None = None
    for x, value in enumerate(columns(chart.values, wide)):
        if value is None:
            last = None
            continue
        y = height - 1 - _level(value, top, height)
        for between in range(min(y, last) + 1, max(y, last)) if last is not None else ():
            cells[between][x] = "|"
        cells[y][x] = "*"
        last = y
    return cells


_CELLS = {"braille": _braille, "block": _block, "ascii": _ascii}


def axis(start_ms: int, end_ms: int, width: int, label: str) -> Row:
    """The time axis that charts share: its beginning, its middle and its end, as clocks show them."""
    from sim.clock import show

    wide = max(1, width - GUTTER)
    left, middle, right = show(start_ms), show((start_ms + end_ms) // 2), show(end_ms)
    if wide < len(left) + len(middle) + len(right) + 4:
        middle = ""
    line = left + middle.center(wide - len(left) - len(right)) + right
    return Row(((f"{label:>{GUTTER - 1}} ", DIM), (line[:wide], DIM)))
