"""Debriefs of real runs, each made once."""

from functools import cache

from scorecards.debrief import Debrief
from scorecards.forks import Forks
from tests.scorecards.recorded import of_play, of_steps

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
RIGHT_TO_LEFT = "\u202egnp.exe\u2066"
LINK = "[here](javascript:alert(1)) `x` | <b>"
LONG = "x" * 10_000


@cache
def debrief_of(scenario: str, play: str) -> Debrief:
    """The debrief of one of a scenario's own plays."""
    with Forks(of_play(scenario, play)) as forks:
        return Debrief.of(forks)


@cache
def hostile() -> Debrief:
    """Somebody who writes what a page, a sheet, a terminal or a reader might take for something else."""
    texts = (SCRIPT, FORMULA, RIGHT_TO_LEFT, LINK, LONG)
    steps = [(f"{minute}m", "post_update", {"text": text}) for minute, text in enumerate(texts, start=7)]
    steps.append(("13m", "hypothesis", {"says": f"{SCRIPT} {RIGHT_TO_LEFT}", "state": "held"}))
    with Forks(of_steps("not-null-column", steps)) as forks:
        return Debrief.of(forks)
