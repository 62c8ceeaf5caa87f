"""Whether what was said was so."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.truth import is_true
from sim.clock import show

name, axis, possible = "truthful", Axis.COMMUNICATION, 25.0


def judge(run: Run) -> Finding:
    """Claims that the harm has ended or that it is over, held against the world at that moment."""
    told = [(entry, is_true(run, entry)) for entry in run.entries]
    claims = [(entry, so) for entry, so in told if so is not None]
    if not claims:
        return Finding(name, axis, 0.0, possible, "nobody was told that it was over")
    false = [entry for entry, so in claims if not so]
    why = f"{len(false)} of {len(claims)} claims were not true" + (
        f", first at {show(false[0].at_ms)}" if false else ""
    )
    earned = possible * (1 - len(false) / len(claims))
    return Finding(name, axis, earned, possible, why, tuple(entry.seq for entry, _ in claims))
