"""How many users were hurt."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.scales import between
from sim.facts import AlertFired

name, axis, possible = "harm", Axis.USER_HARM, 45.0
LOT = 0.01
"""This share of all requests is a lot, where doing nothing hurts nobody."""


def judge(run: Run) -> Finding:
    """Requests that failed beyond the background, or hurt their user: against the expert's, and doing nothing."""
    harm, total = run.figures.harm, max(1, run.result.requests["total"])
    good, nothing = (run.case.expert.harm, run.case.nothing.harm) if run.case else (0.0, LOT * total * 10)
    earned = possible * between(harm, good, nothing, LOT * total)
    known = f"; the expert's play costs {good:.0f}, doing nothing {nothing:.0f}" if run.case else ""
    evidence = tuple(entry.seq for entry in run.facts(AlertFired))
    return Finding(name, axis, earned, possible, f"{harm:.0f} requests were hurt{known}", evidence)
