"""What a play expects of its run: outcome, totals of requests, rows and jobs, and rates at a time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sim.clock import MINUTE, SECOND, millis, show
from sim.errors import nearest

OUTCOMES = ("resolved", "timed_out", "abandoned")
_KEYS = ("outcome", "requests", "data", "jobs", "axes", "at")
AXES = ("user_harm", "data_harm", "decisions", "diagnosis", "communication", "total")
_MOMENT = ("time", "endpoint", "failing", "harmed", "with", "over")
_SHARES = {"failing", "harmed"}
_TOTALS = {
    "requests": ("total", "failed", "harmed"),
    "data": ("rows_lost", "rows_wrong", "rows_overwritten", "values_dropped"),
}
_ITEMS = ("total", "done", "failed", "harmed", "open", "overdue")
WINDOW_MS = 5 * MINUTE
Say = Callable[[tuple[str | int, ...], str, str], None]
Score = Callable[[str], float]


@dataclass(frozen=True)
class Bound:
    """A number between two ends; an end that is not given does not bind."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        ends = [
            f"at least {self.low:g}" if self.low is not None else "",
            f"at most {self.high:g}" if self.high is not None else "",
        ]
        return " and ".join(end for end in ends if end)


@dataclass(frozen=True)
class Moment:
    """Shares of an endpoint's requests in the window that ends at a time, and the error that stands out."""

    number: int
    at_ms: int
    endpoint: str
    failing: Bound | None
    harmed: Bound | None = None
    error: str | None = None
    window_ms: int = WINDOW_MS


@dataclass(frozen=True)
class Unmet:
    """What was expected and what came out: where the file says so, and the moment it is about, None for the end."""

    place: tuple[str | int, ...]
    what: str
    at_ms: int | None = None

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True)
class Expectation:
    """What should come out."""

    outcome: str | None = None
    totals: tuple[tuple[str, str, Bound], ...] = ()
    moments: tuple[Moment, ...] = ()
    axes: tuple[tuple[str, Bound], ...] = ()
    """Bounds on what the run is judged by; whoever judges passes the numbers in."""


class Came(Protocol):
    """A run's result, as an expectation asks it."""

    @property
    def outcome(self) -> str: ...
    @property
    def ended_at_ms(self) -> int: ...
    def number(self, block: str, name: str) -> float: ...
    def failing(self, endpoint: str, start_s: int, stop_s: int) -> tuple[float, Mapping[str, int]]: ...
    def harmed(self, endpoint: str, start_s: int, stop_s: int) -> float: ...


def unmet(expected: Expectation, came: Came, score: Score | None = None) -> list[Unmet]:
    """Every expectation that did not hold, with what came out instead.

    `score` gives the points of an axis, or the total; without it, what is expected of them is not held against the run.
    """
    missed = []
    if expected.outcome not in (None, came.outcome):
        missed.append(Unmet(("outcome",), f"outcome: expected {expected.outcome}, came out {came.outcome}"))
    for block, name, bound in expected.totals:
        value = came.number(block, name)
        if not bound.holds(value):
            what = f"{block}.{name}: expected {bound}, came out {value:g}"
            missed.append(Unmet((*block.split(".", 1), name), what))
    missed += _unmet_axes(expected, score) if score else []
    for moment in expected.moments:
        missed += [Unmet(("at", moment.number, key), what, moment.at_ms) for key, what in _unmet_then(moment, came)]
    return missed


def _unmet_axes(expected: Expectation, score: Score) -> list[Unmet]:
    return [
        Unmet(("axes", axis), f"axes.{axis}: expected {bound}, came out {score(axis):g}")
        for axis, bound in expected.axes
        if not bound.holds(score(axis))
    ]


def _unmet_then(moment: Moment, came: Came) -> Iterator[tuple[str, str]]:
    stop = moment.at_ms // SECOND
    window = (moment.endpoint, max(0, stop - moment.window_ms // SECOND), stop)
    where = f"{moment.endpoint} at {show(moment.at_ms)}"
    if moment.at_ms > came.ended_at_ms:
        yield "time", f"{where}: the run had ended at {show(came.ended_at_ms)}"
        return
    share, errors = came.failing(*window)
    if moment.failing and not moment.failing.holds(share):
        yield "failing", f"{where}: expected {moment.failing} failing, came out {share:.4f}"
    if moment.harmed and not moment.harmed.holds(hurt := came.harmed(*window)):
        yield "harmed", f"{where}: expected {moment.harmed} harmed, came out {hurt:.4f}"
    if moment.error and max(errors, key=lambda name: errors[name], default=None) != moment.error:
        yield "with", f"{where}: expected mostly {moment.error}, came out {dict(errors) or 'no errors'}"


def read_expect(data: Any, place: tuple[str | int, ...], say: Any) -> Expectation:
    """Read an `expect:` block; whatever is wrong with it is said at its place."""
    if not isinstance(data, dict):
        say(place, "`expect:` is a mapping", f"its keys: {', '.join(_KEYS)}")
        return Expectation()
    for key in data:
        if key not in _KEYS:
            say((*place, key), f"unknown key {str(key)!r}", nearest(key, _KEYS, f"known: {', '.join(_KEYS)}"), key=True)
    outcome = data.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        say((*place, "outcome"), f"unknown outcome {str(outcome)!r}", f"one of: {', '.join(OUTCOMES)}")
    moments = [_moment(number, item, (*place, "at", number), say) for number, item in enumerate(data.get("at") or [])]
    totals, axes = tuple(_totals(data, place, say)), tuple(_axes(data.get("axes") or {}, (*place, "axes"), say))
    named = str(outcome) if outcome else None
    return Expectation(named, totals, tuple(moment for moment in moments if moment), axes)


def _axes(data: Any, place: tuple[str | int, ...], say: Any) -> Iterator[tuple[str, Bound]]:
    """Bounds on scores: `axes: {diagnosis: {min: 60}, total: {max: 59}}`."""
    if not isinstance(data, dict):
        say(place, "`axes:` is a mapping from axes to bounds", "axes: {diagnosis: {min: 60}}")
        return
    for name, bound in data.items():
        if name not in AXES:
            say(
                (*place, name),
                f"unknown axis {str(name)!r}",
                nearest(name, AXES, f"one of: {', '.join(AXES)}"),
                key=True,
            )
        else:
            yield str(name), _bound(bound, (*place, name), say, most=100.0)


def _totals(data: Any, place: tuple[str | int, ...], say: Any) -> Iterator[tuple[str, str, Bound]]:
    for block, names in _TOTALS.items():
        for name, bound in (data.get(block) or {}).items():
            if (block, name) == ("data", "wrong"):
                yield from _kinds_of_damage(bound, (*place, block, name), say)
            elif name not in names:
                say((*place, block, name), f"unknown total {str(name)!r}", f"one of: {', '.join(names)}", key=True)
            else:
                yield block, str(name), _bound(bound, (*place, block, name), say)
    yield from _jobs(data.get("jobs") or {}, (*place, "jobs"), say)


def _jobs(data: Any, place: tuple[str | int, ...], say: Any) -> list[tuple[str, str, Bound]]:
    """Bounds on the items of jobs: `jobs: {Renewals: {done: {min: 3000}}}`."""
    if not isinstance(data, dict) or not all(isinstance(bounds, dict) for bounds in data.values()):
        say(place, "`jobs:` names jobs, and of each what is bounded", "{Renewals: {done: {min: 3000}, overdue: 0}}")
        return []
    totals = []
    for job, bounds in data.items():
        for name, bound in bounds.items():
            if name not in _ITEMS:
                say((*place, job, name), f"unknown total {str(name)!r}", f"one of: {', '.join(_ITEMS)}", key=True)
            else:
                totals.append((f"jobs.{job}", str(name), _bound(bound, (*place, job, name), say)))
    return totals


def _kinds_of_damage(data: Any, place: tuple[str | int, ...], say: Any) -> list[tuple[str, str, Bound]]:
    """Bounds on wrong rows by the scenario's own names for them."""
    if not isinstance(data, dict):
        say(place, "`wrong:` is a mapping from kinds of damage to bounds", "wrong: {stale_address: 0}")
        return []
    return [("wrong", str(name), _bound(bound, (*place, name), say)) for name, bound in data.items()]


def _moment(number: int, item: Any, place: tuple[str | int, ...], say: Any) -> Moment | None:
    if not isinstance(item, dict) or not {"time", "endpoint"} <= set(item) <= set(_MOMENT) or not _SHARES & set(item):
        say(
            place,
            f"an expectation at a time has the keys {', '.join(_MOMENT)}",
            "{time: 25m, endpoint: POST /orders, failing: {min: 0.99}}",
        )
        return None
    try:
        at_ms, window_ms = millis(str(item["time"])), millis(str(item.get("over", "5m")))
    except ValueError as problem:
        say((*place, "time"), str(problem))
        return None
    failing, harmed = (
        _bound(item[key], (*place, key), say, most=1.0) if key in item else None for key in ("failing", "harmed")
    )
    error = str(item["with"]) if item.get("with") else None
    return Moment(number, at_ms, str(item["endpoint"]), failing, harmed, error, window_ms)


def _bound(data: Any, place: tuple[str | int, ...], say: Any, most: float = 1e15) -> Bound:
    """`{min: …, max: …}`, or one number that must be met exactly."""
    given = data if isinstance(data, dict) else {"min": data, "max": data}
    ends: dict[str, float] = {}
    for key, value in given.items():
        try:
            ends[str(key)] = float(value)
        except (TypeError, ValueError):
            say((*place, key) if isinstance(data, dict) else place, f"{value!r} is not a number")
    if set(ends) - {"min", "max"}:
        say(place, "a bound is {min: …}, {max: …} or both")
    low, high = ends.get("min", 0.0), ends.get("max", most)
    if not 0 <= low <= high <= most:
        say(place, "nothing can lie between these bounds", f"both lie between 0 and {most:g}, min below max")
    return Bound(ends.get("min"), ends.get("max"))
