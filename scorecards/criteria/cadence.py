"""Whether those who wait were kept informed."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.truth import is_true
from sim.clock import MINUTE
from sim.facts import Announced, Posted
from sim.journal import Entry

name, axis, possible = "cadence", Axis.COMMUNICATION, 25.0
FIRST_MS = 10 * MINUTE
LASTS_MS, CALM_MS = 30 * MINUTE, 120 * MINUTE
"""An update is good for half an hour; one that truly says that the harm has ended, for two."""


def judge(run: Run) -> Finding:
    """The share of the incident, from its tenth minute on, in which the last true update was fresh."""
    start, stop = run.incident_ms, run.result.resolved_at_ms or run.result.ended_at_ms
    updates = [entry for entry in run.facts(Posted, Announced) if is_true(run, entry) is not False]
    if not updates:
        return Finding(name, axis, 0.0, possible, "nobody was kept informed")
    first = min(start + FIRST_MS, max(start, stop - MINUTE))
    minutes = range(first, max(stop, first + 1), MINUTE)
    fresh = sum(any(_covers(run, entry, at_ms) for entry in updates) for at_ms in minutes)
    why = f"the last update was fresh in {fresh} of {len(minutes)} minutes"
    return Finding(name, axis, possible * fresh / len(minutes), possible, why, tuple(entry.seq for entry in updates))


def _covers(run: Run, entry: Entry, at_ms: int) -> bool:
    lasts = CALM_MS if is_true(run, entry) else LASTS_MS
    return entry.at_ms <= at_ms <= entry.at_ms + lasts
