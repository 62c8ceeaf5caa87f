"""Charts as inline SVG: lines over minutes, axes with words, numbered marks. No script, no style of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup, escape

ROW, MARK = 18.0, 8.0


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element; what is inside and in attributes is escaped unless it is markup already."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(_short(v))}"' for key, v in attributes.items())
    return Markup(f"<{name}{given}>{''.join(escape(one) for one in inside)}</{name}>")  # noqa: S704 - escaped above


def _short(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


@dataclass(frozen=True)
class Line:
    """A curve over minutes; `kind` is its class, which says how it is drawn."""

    kind: str
    values: Sequence[float]


@dataclass(frozen=True)
class Mark:
    """A numbered moment, in minutes."""

    number: int
    minute: float


@dataclass(frozen=True)
class Chart:
    """Lines on common axes. `key` makes the ids of its title unique on the page."""

    key: str
    title: str
    told: str
    lines: tuple[Line, ...]
    minutes: int
    top: float
    unit: str = ""
    limit: tuple[float, str] | None = None
    marks: tuple[Mark, ...] = ()
    width: int = 720
    height: int = 210
    plain: bool = False

    def drawn(self) -> Markup:
        """The chart as one picture with a name and a description."""
        inside = [
            tag("title", self.title, id=f"{self.key}-t"), tag("desc", self.told, id=f"{self.key}-d"),
            *self._axes(), *(self._curve(one) for one in self.lines), *self._limit(), *self._marks(),
        ]  # fmt: skip
        return tag(
            "svg", *inside, role="img", aria_labelledby=f"{self.key}-t {self.key}-d",
            viewBox=f"0 0 {self.width} {self._tall:.0f}", width=self.width, height=self._tall,
        )  # fmt: skip

    @property
    def _left(self) -> float:
        return 8.0 if self.plain else 46.0

    @property
    def _upper(self) -> float:
        return 8.0 + ROW * self._rows

    @property
    def _rows(self) -> int:
        """How many rows of marks stand above the lines; the picture grows by them."""
        return 1 + max(row for row, _ in self._placed) if self.marks else 0

    @property
    def _tall(self) -> float:
        return self.height + ROW * self._rows

    @property
    def _lower(self) -> float:
        return self._tall - (8.0 if self.plain else 36.0)

    def _x(self, minute: float) -> float:
        return self._left + (self.width - 12.0 - self._left) * minute / max(1, self.minutes)

    def _y(self, value: float) -> float:
        return self._lower - (self._lower - self._upper) * min(value, self.top) / (self.top or 1.0)

    def _axes(self) -> Iterator[Markup]:
        if self.plain:
            yield tag("path", d=f"M{self._left} {self._lower:.1f}H{self.width - 12}", class_="rule")
            return
        for value in ticks(self.top, 4):
            y = self._y(value)
            yield tag("path", d=f"M{self._left} {y:.1f}H{self.width - 12}", class_="grid")
            yield tag("text", f"{compact(value)}{self.unit}", x=self._left - 6, y=y + 4, class_="end")
        for minute in ticks(self.minutes, 5 if self.width < 500 else 10):
            yield tag("text", f"{minute:.0f}", x=self._x(minute), y=self._lower + 16, class_="mid")
        yield tag("text", "minutes on the clock", x=self._x(self.minutes / 2), y=self._tall - 4.0, class_="mid")

    def _curve(self, line: Line) -> Markup:
        points = [(self._x(minute), self._y(value)) for minute, value in enumerate(line.values)]
        steps = "".join(f"L{x:.1f} {y:.1f}" for x, y in points)
        last = f"H{self._x(len(points)):.1f}" if points else ""
        return tag("path", d=f"M{steps[1:]}{last}" if steps else "M0 0", class_=line.kind)

    def _limit(self) -> Iterator[Markup]:
        if self.limit is not None:
            value, word = self.limit
            y = self._y(value)
            yield tag("path", d=f"M{self._left} {y:.1f}H{self.width - 12}", class_="limit")
            yield tag("text", word, x=self.width - 14.0, y=y - 5, class_="end limit-word")

    @property
    def _placed(self) -> list[tuple[int, Mark]]:
        """Each mark in the first row in which it does not cover another."""
        ends: list[float] = []
        found = []
        for mark in self.marks:
            x = self._x(mark.minute)
            row = next((place for place, end in enumerate(ends) if x - end > 2 * MARK + 2), len(ends))
            ends[row : row + 1] = [x]
            found.append((row, mark))
        return found

    def _marks(self) -> Iterator[Markup]:
        for row, mark in self._placed:
            x, y = self._x(mark.minute), 10.0 + row * ROW
            yield tag("path", d=f"M{x:.1f} {y + MARK:.1f}V{self._lower:.1f}", class_="stem")
            yield tag("circle", cx=x, cy=y, r=MARK, class_="mark")
            yield tag("text", mark.number, x=x, y=y + 3.5, class_="mark-word")


def ticks(top: float, about: int) -> list[float]:
    """Round numbers from nothing up to the top."""
    if top <= 0:
        return [0.0]
    rough = top / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.999)
    return [step * place for place in range(int(top / step + 1e-9) + 1)]


def compact(value: float) -> str:
    """A figure for an axis: 1200 is 1.2k."""
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def bar(score: float) -> Markup:
    """A score as a bar; the figure stands beside it, so nobody needs to see this."""
    full = tag("rect", width=120, height=10, class_="bar-all")
    return tag(
        "svg", full, tag("rect", width=1.2 * score, height=10, class_="bar"),
        viewBox="0 0 120 10", width=120, height=10, aria_hidden="true",
    )  # fmt: skip
