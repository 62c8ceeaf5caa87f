"""Whether there was evidence before each deed."""

from scorecards.findings import Axis, Finding
from scorecards.run import Move, Run
from sim.clock import MINUTE
from sim.facts import Looked

name, axis, possible = "looked_first", Axis.DECISIONS, 8.0
RECENT_MS = 12 * MINUTE
IN_A_ROW = 4
"""So many deeds may rest on one look."""


def judge(run: Run) -> Finding:
    """The share of deeds that were done within minutes of a look, and not as one of many in a row."""
    if not run.deeds:
        return Finding(name, axis, possible, possible, "nothing was done blindly: nothing was done")
    blind = blindly(run)
    why = f"{len(blind)} of {len(run.deeds)} deeds were done without a look in the minutes before"
    earned = possible * (1 - len(blind) / len(run.deeds))
    return Finding(name, axis, earned, possible, why, tuple(move.seq for move in blind or run.deeds))


def blindly(run: Run) -> list[Move]:
    """The deeds that rest on no look of the minutes before, or are one of many that rest on the same."""
    return [move for number, move in enumerate(run.deeds) if not _informed(run, move, number)]


def _informed(run: Run, move: Move, number: int) -> bool:
    looks = [e for e in run.facts(Looked) if e.seq < move.seq and e.at_ms >= move.at_ms - RECENT_MS]
    if not looks:
        return False
    since = [deed for deed in run.deeds[:number] if deed.seq > looks[-1].seq]
    return len(since) < IN_A_ROW
