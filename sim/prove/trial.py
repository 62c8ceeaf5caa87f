"""One play tried: timed, run by the engine, and summed up so that trials can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sim.actions.base import Action
from sim.actions.order import Order
from sim.actions.resolve import Resolve
from sim.catalogue import arguments_of
from sim.clock import MINUTE, spell
from sim.errors import NotModelled
from sim.facts import AlertFired, FixReady
from sim.prove.candidates import Deed
from sim.result import Result
from sim.session import Session
from sim.stage import Stage
from sim.world import World

BUG = "a bug of ours"
Steps = tuple[tuple[int, Action], ...]
GAP_MS, MARGIN_MS, TRIES = 2 * MINUTE, 3 * MINUTE, 2
_TALK = {
    "scenario", "seed", "now_ms", "running", "scripts", "locks", "alerts", "messages", "rows_moved", "severity",
    "paged", "claimed_at_ms", "stood_down", "outcome", "watches",
}  # fmt: skip
"""What of the world says nothing about where the system was left."""


@dataclass(frozen=True)
class Trial:
    """What came of a play. Two with the same `left` and `counts` did the same."""

    deeds: tuple[Deed, ...]
    steps: Steps
    outcome: str
    counts: Mapping[str, Any]
    left: object
    refused: tuple[str, ...] = ()
    alert_ms: int | None = None
    ready_ms: Mapping[str, int] | None = None

    @property
    def good(self) -> bool:
        """Whether it is resolved."""
        return self.outcome == "resolved"

    @property
    def harm(self) -> int:
        """Requests that failed or hurt somebody: what makes one way worse than another."""
        return int(self.counts.get("failed", 0)) + int(self.counts.get("harmed", 0))

    @property
    def damage(self) -> int:
        """Rows lost, wrong or overwritten: seldom mended by what comes after."""
        return sum(int(number) for name, number in self.counts.items() if name.startswith("rows_"))

    def as_json(self) -> dict[str, Any]:
        """For programs, the steps as a play writes them."""
        steps = [{"at": spell(at), "do": action.name, **arguments_of(action)} for at, action in self.steps]
        return {"deeds": list(map(str, self.deeds)), "outcome": self.outcome, **self.counts, "steps": steps}


def timed(deeds: Sequence[Deed], start_ms: int, ready_ms: Mapping[str, int], hold_ms: int, limit_ms: int) -> Steps:
    """Fixes are ordered at the start, one deed follows the other, and at last the end is claimed."""
    steps: list[tuple[int, Action]] = [(start_ms, Order(fix=fix)) for fix in dict.fromkeys(d.fix for d in deeds) if fix]
    at = start_ms
    for deed in deeds:
        at = max(at, ready_ms.get(deed.fix, limit_ms) + MINUTE) if deed.fix else at
        steps.append((at, deed.action))
        at += GAP_MS
    steps.append((at + hold_ms + MARGIN_MS, Resolve()))
    return tuple((min(at_ms, limit_ms), action) for at_ms, action in steps)


def carry_out(stage: Stage, seed: int, steps: Steps, deeds: Sequence[Deed] = ()) -> Trial:
    """Run it. Where physics ends, that is what comes of it."""
    with stage.session(seed) as session:
        try:
            done, refused = _follow(session, steps)
            return summed_up(session, session.finish(), tuple(deeds), done, refused)
        except NotModelled as gap:
            return Trial(tuple(deeds), steps, "not modelled", {"why": str(gap)}, ("not modelled", str(gap)))
        except Exception as bug:  # noqa: BLE001 - a search goes on, and says which play the engine does not stand
            return Trial(tuple(deeds), steps, BUG, {"why": repr(bug)}, (BUG, repr(bug)))


def _follow(session: Session, steps: Steps) -> tuple[Steps, tuple[str, ...]]:
    """Do each at its time; what is refused is tried again a little later, for a roll-out may have been in its way."""
    done, refused, late = list[tuple[int, Action]](), list[str](), 0
    for at_ms, action in steps:
        for again in range(1 + TRIES):
            session.advance(min(at_ms + late, session.limit_ms))
            if session.over:
                return tuple(done), tuple(refused)
            said = session.act(action)
            if not said:
                done.append((session.now_ms, action))
                break
            late += GAP_MS if again < TRIES else -TRIES * GAP_MS
        else:
            refused += [f"{one.action}: {one.why}" for one in said]
    if not session.over:
        session.advance(session.limit_ms)
    return tuple(done), tuple(refused)


def summed_up(
    session: Session, result: Result, deeds: tuple[Deed, ...] = (), steps: Steps = (), refused: tuple[str, ...] = ()
) -> Trial:
    """A finished run as a trial."""
    told = session.journal.entries
    alerts = [entry.at_ms for entry in told if isinstance(entry.fact, AlertFired)]
    ready = {entry.fact.fix: entry.at_ms for entry in told if isinstance(entry.fact, FixReady)}
    counts = {**{name: result.requests[name] for name in ("failed", "harmed")}, **result.data}
    return Trial(
        deeds, steps, result.outcome, counts, left(session.engine.world), refused, alerts[0] if alerts else None, ready
    )


def left(world: World) -> object:
    """Where a world was left, as one value that can be compared."""
    return tuple((part.name, _still(getattr(world, part.name))) for part in fields(world) if part.name not in _TALK)


def _still(value: Any) -> object:
    if isinstance(value, Mapping):
        return tuple((key, _still(item)) for key, item in sorted(value.items()))
    if isinstance(value, frozenset | set):
        return tuple(sorted(map(str, value)))
    if isinstance(value, tuple | list):
        return tuple(map(_still, value))
    if hasattr(value, "__dataclass_fields__"):
        return tuple(
            (part.name, _still(getattr(value, part.name))) for part in fields(value) if part.name != "previous"
        )
    return str(value)
