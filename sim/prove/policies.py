"""People who do not know the answer: one acts at random, one by reflex, one with care."""

from collections.abc import Callable, Mapping, Sequence

from sim.actions.base import Action
from sim.actions.deploy import Deploy
from sim.actions.order import Order
from sim.actions.resolve import Resolve
from sim.actions.roll_back import RollBack
from sim.actions.set_flag import SetFlag
from sim.chance import between, uniform
from sim.clock import MINUTE, SECOND
from sim.prove.candidates import Deed
from sim.session import Session
from sim.stage import Stage

MOST_RANDOM, WINDOW_MS, LOOK_MS, PATIENCE = 4, 30 * MINUTE, 4 * MINUTE, 4
BETTER, HEALTHY = 0.005, 0.01
_FINAL = ("cannot", "only", "not ")

Policy = Callable[[Session, Sequence[Deed], int], None]


def at_random(session: Session, deeds: Sequence[Deed], start_ms: int) -> None:
    """One to four deeds, whichever, whenever in the half hour after the alert."""
    seed = session.seed
    many = between(seed, "prove/random/many", 1, MOST_RANDOM)
    chosen = sorted(
        (
            start_ms + between(seed, f"prove/random/at/{n}", 0, WINDOW_MS),
            between(seed, f"prove/random/{n}", 0, len(deeds) - 1),
        )
        for n in range(many)
    )
    for at_ms, which in chosen:
        _act(session, at_ms, deeds[which].action)
    _finish(session)


def by_reflex(session: Session, _deeds: Sequence[Deed], start_ms: int) -> None:
    """Back to what was there before, at once, and the all-clear."""
    for service in session.loaded.scenario.services:
        _act(session, start_ms, RollBack(service=service))
    _finish(session)


def with_care(session: Session, deeds: Sequence[Deed], start_ms: int) -> None:
    """What can be undone first, one thing at a time; the metrics say whether it stays. Fixes are ordered early."""
    session.advance(start_ms)
    for fix in dict.fromkeys(deed.fix for deed in deeds if deed.fix):
        _act(session, session.now_ms, Order(fix=fix))
    mild = [one for one in deeds if not one.action.undo.startswith(_FINAL)]
    mild.sort(key=lambda one: uniform(session.seed, f"prove/care/{one}"))
    for deed in (*[one for one in mild if not one.fix][:PATIENCE], *[one for one in mild if one.fix]):
        if deed.fix:
            _wait_for(session, deed.fix)
        if session.over or failing(session) < HEALTHY:
            break
        before, back = failing(session), inverse(session, deed.action)
        _act(session, session.now_ms, deed.action)
        session.advance(min(session.now_ms + LOOK_MS, session.limit_ms))
        if failing(session) > before + BETTER and back is not None:
            _act(session, session.now_ms, back)
            session.advance(min(session.now_ms + LOOK_MS, session.limit_ms))
    _finish(session)


def _wait_for(session: Session, fix: str) -> None:
    """Until it is built, or too late to be of use."""
    last_ms = session.limit_ms - WINDOW_MS
    while not session.over and session.engine.world.fixes.get(fix) != "ready" and session.now_ms < last_ms:
        session.advance(session.now_ms + LOOK_MS)


POLICIES: Mapping[str, Policy] = {"random": at_random, "reflex": by_reflex, "careful": with_care}


def resolved(stage: Stage, policy: Policy, deeds: Sequence[Deed], seed: int, start_ms: int) -> bool:
    """Whether this one gets there with this seed."""
    with stage.session(seed) as session:
        if deeds:
            policy(session, deeds, start_ms)
        return session.finish().outcome == "resolved"


def failing(session: Session) -> float:
    """The share of the worst endpoint in the last two minutes, harm included: what a glance at the metrics says."""
    engine = session.engine
    engine.settle()
    now_s = session.now_ms // SECOND
    tallies = [
        engine.traffic.tally(endpoint, max(0, now_s - 2 * MINUTE // SECOND), now_s)
        for service in session.loaded.scenario.services.values()
        for endpoint in service.endpoints
    ]
    return max(((one.failed + one.harmed) / one.total for one in tallies if one.total), default=0.0)


def inverse(session: Session, action: Action) -> Action | None:
    """How it is taken back, for what has an obvious way back."""
    if isinstance(action, SetFlag) and action.flag in session.engine.world.flags:
        return SetFlag(flag=action.flag, percent=session.engine.world.flags[action.flag])
    return RollBack(service=action.service) if isinstance(action, RollBack | Deploy) else None


def _act(session: Session, at_ms: int, action: Action) -> None:
    session.advance(max(session.now_ms, min(at_ms, session.limit_ms)))
    session.act(action)


def _finish(session: Session) -> None:
    """Ten minutes of calm, the all-clear, and the rest of the story."""
    _act(session, session.now_ms + 2 * LOOK_MS, Resolve())
    if not session.over:
        session.advance(session.limit_ms)
