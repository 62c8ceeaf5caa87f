"""What somebody wants to see, and how the run goes on meanwhile."""

from dataclasses import dataclass, replace

SPANS_MS = (600_000, 1_800_000, 3_600_000, 6_000_000)


@dataclass(frozen=True)
class Aim:
    """What somebody wants to see: of which endpoint, and how much of the past."""

    scope: str | None = None
    span_ms: int = SPANS_MS[1]


@dataclass(frozen=True)
class Pace:
    """How the run goes on."""

    mode: str
    speed: float
    paused: bool


def aimed(aim: Aim, scopes: tuple[str, ...]) -> Aim:
    """The next endpoint; after the last one all of them together."""
    order = (None, *scopes)
    return replace(aim, scope=order[(order.index(aim.scope) + 1) % len(order)] if aim.scope in order else None)


def zoomed(aim: Aim, more: int) -> Aim:
    """More or less of the past."""
    at = SPANS_MS.index(aim.span_ms) if aim.span_ms in SPANS_MS else 1
    return replace(aim, span_ms=SPANS_MS[max(0, min(len(SPANS_MS) - 1, at + more))])
