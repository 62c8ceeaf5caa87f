"""The charts of a debrief: failing share and people hurt by the minute, wide and narrow; a small one for a what-if."""

from dataclasses import dataclass

from markupsafe import Markup

from scorecards.debrief import Debrief
from scorecards.reports.svg import Chart, Line, Mark
from scorecards.reports.words import alike, came_to, difference, said
from sim.clock import MINUTE

_WIDE, _NARROW = 720, 340


@dataclass(frozen=True)
class Small:
    """One what-if beside the run, and its figures."""

    name: str
    told: str
    difference: str
    picture: Markup


def large(debrief: Debrief) -> tuple[tuple[str, Markup, Markup], ...]:
    """Each chart with its heading: for a screen or paper, and for a phone."""
    failing = f"Failing share of {said(debrief.endpoint)}, which was hurt worst"
    hurt = "Requests hurt per minute"
    return (
        (failing, _failing(debrief, failing, _WIDE), _failing(debrief, failing, _NARROW)),
        (hurt, _hurt(debrief, hurt, _WIDE), _hurt(debrief, hurt, _NARROW)),
    )


def small(debrief: Debrief) -> tuple[Small, ...]:
    """The what-ifs that end otherwise, on the same axes."""
    other, _ = alike(debrief)
    top = max([*debrief.curve, *(most for _, one in other for most in one.curve), 1.0])
    minutes = max([len(debrief.curve), *(len(one.curve) for _, one in other)])
    found = []
    for place, (name, one) in enumerate(other):
        lines = (Line("run", debrief.curve), Line("other", one.curve))
        chart = Chart(
            f"what-{place}", f"What if: {said(name)}", came_to(one.reached), lines, minutes, top, width=240, height=90,
            plain=True,
        )  # fmt: skip
        found.append(Small(said(name), came_to(one.reached), difference(one, debrief.reached), chart.drawn()))
    return tuple(found)


def _failing(debrief: Debrief, title: str, width: int) -> Markup:
    shares = [100 * one for one in debrief.shares]
    slo = debrief.run.scenario.slo
    allowed = None if slo is None else (100 - slo.target, f"SLO: {100 - slo.target:.3g} % may fail")
    top = max([*shares, 4 * allowed[0] if allowed else 0.0, 1.0])
    worst = max(range(len(shares)), key=lambda minute: shares[minute], default=0)
    told = f"At worst {max(shares, default=0.0):.1f} % in minute {worst}. {_told(debrief)}"
    return Chart(
        f"failing-{width}", title, told, (Line("run", shares),), _minutes(debrief), top, " %", allowed, _marks(debrief),
        width,
    ).drawn()  # fmt: skip


def _hurt(debrief: Debrief, title: str, width: int) -> Markup:
    expert = () if debrief.expert is None else debrief.expert.played.curve
    lines = (*((Line("expert", expert),) if expert else ()), Line("run", debrief.curve))
    told = f"Yours: {sum(debrief.curve):,.0f} in all; the expert's: {sum(expert):,.0f}. {_told(debrief)}"
    top = max([*debrief.curve, *expert, 1.0])
    return Chart(
        f"hurt-{width}", title, told, lines, _minutes(debrief), top, marks=_marks(debrief), width=width
    ).drawn()


def _minutes(debrief: Debrief) -> int:
    expert = () if debrief.expert is None else debrief.expert.played.curve
    return max(len(debrief.curve), len(expert), 1)


def _marks(debrief: Debrief) -> tuple[Mark, ...]:
    return tuple(Mark(one.number, one.at_ms / MINUTE) for one in debrief.decisions)


def _told(debrief: Debrief) -> str:
    return f"{len(debrief.decisions)} decisions are marked by their numbers; the list below has them."
