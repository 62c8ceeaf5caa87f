"""What called for somebody, when users were hurt no more, and which deeds brought that about: asked of the counts."""

from collections.abc import Sequence

from scorecards.forks import Decision
from scorecards.regret import EVEN, FEW, Without
from scorecards.run import Run
from scorecards.ways import TALK
from sim.clock import MINUTE
from sim.facts import AlertFired, MessageArrived
from sim.journal import Entry

_NOT_DONE = TALK | {"order", "answer"}


def trigger(run: Run) -> Entry | None:
    """The first alert; where none fired, the first message."""
    return next((entry for kind in (AlertFired, MessageArrived) for entry in run.facts(kind)), None)


def restored_ms(run: Run) -> int | None:
    """The end of the last minute before it was resolved in which more than a few of the worst minute's were hurt."""
    resolved = run.result.resolved_at_ms
    if resolved is None:
        return None
    few = max(run.curve, default=0.0) / 100
    last = max((minute for minute, hurt in enumerate(run.curve[: resolved // MINUTE]) if hurt > few), default=None)
    return None if last is None else (last + 1) * MINUTE


def restored_by(run: Run, without: Sequence[Without]) -> tuple[Decision, ...]:
    """The deeds that it rests on: without each of them it is not resolved, or more are hurt."""
    if not run.resolved:
        return ()
    usual = sum(run.curve)
    most = usual + max(FEW, EVEN * usual)
    return tuple(
        one.decision
        for one in without
        if one.decision.act.action.name not in _NOT_DONE and not one.decision.refused
        if not one.dropped.reached.resolved or one.dropped.reached.hurt > most
    )
