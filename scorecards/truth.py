"""What was true at a moment of a run, against which words are held."""

from scorecards.figures import backgrounds
from scorecards.run import Run
from sim.clock import MINUTE, SECOND
from sim.facts import Claimed, Posted
from sim.journal import Entry

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")
_LEAST = (0.4, 0.05, 0.005)
ENDS, MITIGATES = "resolved", "mitigated"


def hurting(run: Run, at_ms: int, span_ms: int = MINUTE) -> float:
    """The share of the worst endpoint's requests that was hurt beyond the background, in the time before a moment."""
    stop = min(at_ms, run.result.ended_at_ms) // SECOND
    start = max(0, stop - span_ms // SECOND)
    worst = 0.0
    for name, quiet in backgrounds(run.scenario).items():
        tally = run.result.traffic.tally(name, start, stop)
        if tally.total:
            worst = max(worst, (tally.failed + tally.harmed) / tally.total - quiet)
    return worst


def severities(run: Run, at_ms: int) -> tuple[int, int]:
    """Between which severities the truth lies: how many are hurt now, and what is at stake if nobody acts."""
    moments = range(run.incident_ms, at_ms + 5 * MINUTE + 1, MINUTE)
    shown = max((hurting(run, moment) for moment in moments), default=0.0)
    now = next((grade for grade, least in enumerate(_LEAST) if shown >= least), len(_LEAST))
    nothing = run.case.nothing if run.case else None
    at_stake = nothing is not None and (nothing.work or nothing.lost or any(nothing.wrong.values()))
    return (min(now, 1), max(now, 1)) if at_stake else (now, now)


def is_true(run: Run, entry: Entry) -> bool | None:
    """Whether what an entry claims was so; None if it claims nothing that can be held against the world."""
    match entry.fact:
        case Claimed():
            return _over(run, entry.at_ms)
        case Posted(claim=claim) if claim == ENDS:
            return _over(run, entry.at_ms)
        case Posted(claim=claim) if claim == MITIGATES:
            return hurting(run, entry.at_ms) <= _bound(run)
        case _:
            return None


def _over(run: Run, at_ms: int) -> bool:
    """It is over if nobody is hurt and the run came to be resolved by then, or would after the time to hold."""
    done, resolved_ms = run.scenario.done, run.result.resolved_at_ms
    if resolved_ms is None or hurting(run, at_ms) > _bound(run):
        return False
    return done.not_before is not None or resolved_ms <= at_ms + done.hold


def _bound(run: Run) -> float:
    return max(0.01, run.scenario.done.healthy.below)


def ends(run: Run) -> tuple[Entry, ...]:
    """Every claim that it is over."""
    return tuple(
        entry for entry in run.entries if isinstance(entry.fact, Claimed) or getattr(entry.fact, "claim", "") == ENDS
    )
