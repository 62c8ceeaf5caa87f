"""What the screen shows, in sentences: for screen readers, terminals that cannot draw, and scripts."""

from typing import TYPE_CHECKING

from sim.clock import spell
from tui.views.plot import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.model import Done, Scenario
    from tui.views.plot import Chart
    from tui.views.truth import Truth

_JUMP, _BEFORE = 3.0, 6


def truth_line(truth: "Truth") -> str:
    """How things stand, in one line."""
    parts = [
        truth.severity or "severity not declared",
        f"{truth.clock} of {truth.limit}, {truth.wall} on the wall",
        f"{number(truth.share)} % of requests failed in the last minute",
        *_budget(truth),
        _count(truth.alerts, "alert fires", "alerts fire"),
        _count(truth.unread, "unread message", "unread messages"),
        *(f"under way: {one}" for one in truth.busy),
        *([_count(truth.hints, "hint taken", "hints taken")] if truth.hints else []),
        truth.mode,
    ]
    return "; ".join([*parts, _pace(truth)])


def _budget(truth: "Truth") -> list[str]:
    if truth.budget_left is None or truth.burn is None:
        return []
    left = f"{truth.budget_left:.1f} % of the error budget left"
    return [f"{left}, burning {number(truth.burn)} times too fast" if truth.burn >= 1 else left]


def _count(many: int, one: str, more: str) -> str:
    return f"{many or 'no'} {one if many == 1 else more}"


def _pace(truth: "Truth") -> str:
    if truth.outcome:
        return f"over: {truth.outcome.replace('_', ' ')}"
    if truth.paused:
        return "paused"
    return f"{truth.speed:g} seconds a second" if truth.speed else "time passes when you say so"


def chart_line(chart: "Chart", wall: "Callable[[int], str]") -> str:
    """A chart in a sentence: how much of what, where it goes, beside its bound and what was usual, and since when."""
    if chart.now is None:
        return f"{chart.name}: nothing is known yet"
    of = f" {chart.of}" if chart.of.startswith("of ") else f" ({chart.of})" if chart.of else ""
    said = [f"{chart.name} {number(chart.now)}{chart.unit}{of}"]
    said.append({1: "rising", 0: "level", -1: "falling"}[chart.trend])
    if chart.bound:
        times = chart.now / chart.bound
        allowed = f"the {number(chart.bound)}{chart.unit} that the SLO allows"
        said.append(f"{number(times)} times {allowed}" if times > 1 else f"within {allowed}")
    if chart.before is not None:
        said.append(f"{number(chart.before)}{chart.unit} before the first deploy")
    if (at_ms := jumped(chart)) is not None:
        said.append(f"jumped at {wall(at_ms)}")
    return ", ".join(said)


def jumped(chart: "Chart") -> int | None:
    """When the values last left what they had been for a minute, by much and upwards; None if they did not."""
    known, step = chart.values, (chart.end_ms - chart.start_ms) // max(1, len(chart.values))
    for at in range(len(known) - 1, _BEFORE - 1, -1):
        value, before = known[at], [one for one in known[at - _BEFORE : at] if one is not None]
        if value is None or len(before) < _BEFORE:
            continue
        usual = sum(before) / len(before)
        least = max(chart.bound or 0.0, (chart.before or 0.0) * _JUMP)
        if value > least and value > _JUMP * usual and value > max(before):
            return chart.start_ms + at * step
    return None


def done_line(scenario: "Scenario") -> str:
    """What resolved means here."""
    done = scenario.done
    every = "every endpoint" if done.healthy.endpoints == "all" else ", ".join(done.healthy.endpoints)
    parts = [f"{every} fails less than {number(100 * done.healthy.below)} %"]
    parts += [name.replace("_", " ") for name in done.sql]
    parts += _kept(done)
    parts += [f"{flag} is gone" for flag in done.flags_gone]
    parts += ["those who wait have been told"] if done.told else []
    parts += [f"{what.replace('_', ' ')} announced before" for what in done.announced]
    held = f", and that for {spell(done.hold)}" if done.hold else ""
    by = f", by {spell(done.by)} on the clock" if done.by is not None else ""
    return f"Done means: {'; '.join(parts)}{held}{by}. `resolve` claims it; whether it is so is computed."


def _kept(done: "Done") -> list[str]:
    bounds = {name: getattr(done.data, name) for name in ("rows_lost", "rows_wrong", "rows_overwritten")}
    named = [(name, most) for name, most in {**bounds, **done.data.wrong}.items() if most is not None]
    kept = [f"{'no' if most == 0 else f'at most {most}'} {name.replace('_', ' ')}" for name, most in named]
    if done.work is not None:
        jobs = "every job" if done.work.jobs == "all" else ", ".join(done.work.jobs)
        kept.append(f"{jobs} has done its work")
    return kept
