"""Why a number is what it is: mix × verdict × share, for each endpoint and version at a moment."""

from dataclasses import asdict, dataclass
from typing import Any

from sim.clock import MINUTE, SECOND
from sim.engine.engine import Engine
from sim.scenario.build import label
from sim.traffic.values import Flow, Serving


@dataclass(frozen=True)
class Reason:
    """One cause of failure: its share of the prototypes, and the statement or line of code behind it."""

    error: str
    prototypes: int
    of: int
    behind: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of this version's requests that fail so."""
        return self.prototypes / self.of


@dataclass(frozen=True)
class Explained:
    """An endpoint under one version: its share of arrivals, why requests fail, and the last minute's count."""

    endpoint: str
    version: str
    arrivals: float
    stalled: bool
    reasons: tuple[Reason, ...]
    harmed: float
    total: int
    failed: int

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {**asdict(self), "reasons": [{**asdict(reason), "share": reason.share} for reason in self.reasons]}


def explain(engine: Engine) -> tuple[Explained, ...]:
    """Every endpoint and version that serves now."""
    engine.settle()
    return tuple(
        _explain(engine, flow, serving) for flow in engine.regime.flows for serving in flow.serving if serving.weight
    )


def _explain(engine: Engine, flow: Flow, serving: Serving) -> Explained:
    scenario = engine.world.scenario
    builds = {
        label(scenario, slot.build): slot.build for state in engine.world.serving.values() for slot in state.slots
    }
    reasons = tuple(
        Reason(
            error,
            count,
            serving.mix.of,
            tuple(engine.mixes.judgements.messages(flow.endpoint, builds[serving.label], engine.lineage, error)),
        )
        for error, count in serving.mix.failing
    )
    now = engine.now_ms // SECOND
    tally = engine.traffic.tally(flow.endpoint, max(0, now - MINUTE // SECOND), now, label=serving.label)
    weights = sum(other.weight for other in flow.serving)
    return Explained(
        flow.endpoint, serving.label, serving.weight / weights, flow.stalled, reasons,
        serving.mix.harmed / serving.mix.of, tally.total, tally.failed,
    )  # fmt: skip


def lines(explained: tuple[Explained, ...]) -> list[str]:
    """The same for people."""
    text = []
    for one in explained:
        waits = "; waits for a lock" if one.stalled else ""
        counted = f"{one.failed} of {one.total} failed in the last minute"
        text.append(f"{one.endpoint} · {one.version}: {one.arrivals:.1%} of the arrivals{waits}; {counted}")
        for reason in one.reasons:
            text.append(f"  {reason.error}: {reason.prototypes} of {reason.of} prototypes ({reason.share:.2%})")
            text += [f"    {behind}" for behind in reason.behind]
        if one.harmed:
            text.append(f"  {one.harmed:.2%} succeed and are harmed")
    return text
