"""A debrief as one page that needs nothing else: no network, no script, a policy that forbids both; it prints."""

from base64 import b64encode
from hashlib import sha256
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scorecards.debrief import Debrief, Line
from scorecards.reports.charts import large, small
from scorecards.reports.palette import variables
from scorecards.reports.svg import bar
from scorecards.reports.words import alike, banded, came_to, first_up, outcome, said, turned

_ROOM = Environment(
    loader=PackageLoader("scorecards.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def render(debrief: Debrief) -> str:
    """The whole page; the same bytes for the same run."""
    style = _style()
    page = _ROOM.get_template("debrief.html").render(
        debrief=debrief, style=Markup(style), policy=policy(style), said=said, banded=banded, came_to=came_to,  # noqa: S704
        turned=turned, bar=bar, outcome=outcome(debrief), large=large(debrief), small=small(debrief),
        same=alike(debrief)[1], axes=_axes(debrief), beside=beside(debrief), revisit=debrief.revisit,
        deeds={one.number: one.text for one in debrief.timeline if one.number is not None}, first_up=first_up,
        shown={one.seq for one in debrief.timeline},
    )  # fmt: skip
    return page.rstrip() + "\n"


def policy(style: str) -> str:
    """Nothing may be loaded and nothing run; of styles only this one applies."""
    print_of = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{print_of}'; base-uri 'none'; form-action 'none'"


def _style() -> str:
    return _ROOM.get_template("debrief.css").render(light=variables("light"), dark=variables("dark"))


def _axes(debrief: Debrief) -> list[dict[str, Any]]:
    card = debrief.card
    return [
        {
            "name": axis.value.replace("_", " "), "score": one,
            "findings": [finding for finding in card.findings if finding.axis is axis],
        }
        for axis, one in card.axes.items()
    ]  # fmt: skip


def beside(debrief: Debrief) -> list[tuple[str, list[Line], list[Line]]]:
    """Minute by minute what was done and what the expert did, idle minutes left out."""
    mine = [one for one in debrief.timeline if one.number is not None or one.word in {"look", "idea", "predict"}]
    experts = [] if debrief.expert is None else list(debrief.expert.steps)
    every = sorted([(one.at_ms, 0, one.seq, one) for one in mine] + [(one.at_ms, 1, one.seq, one) for one in experts])
    found = []
    for clock, group in groupby(every, key=lambda one: one[3].wall):
        here = list(group)
        found.append((clock, [one for _, who, _, one in here if not who], [one for _, who, _, one in here if who]))
    return found
