"""The last five minutes beside the time before the first deploy."""

from sim.clock import MINUTE, SECOND
from sim.engine.engine import Engine
from sim.facts import RolloutBegan

WINDOW_S = 5 * MINUTE // SECOND


def read(engine: Engine) -> str:
    """Requests and failures of each endpoint, over all its requests, now and before the first deploy."""
    engine.settle()
    now = engine.now_ms // SECOND
    deployed = next(
        (entry.at_ms for entry in engine.journal.entries if isinstance(entry.fact, RolloutBegan)), engine.now_ms
    )
    lines = [f"{'endpoint':<32}{'requests':>10}{'failing':>10}{'before':>10}  errors (last 5 minutes)"]
    for service in engine.world.scenario.services.values():
        for endpoint in service.endpoints:
            tally = engine.traffic.tally(endpoint, max(0, now - WINDOW_S), now)
            before = engine.traffic.tally(endpoint, 0, min(now, deployed // SECOND))
            errors = ", ".join(f"{name} {count}" for name, count in sorted(tally.errors.items()))
            lines.append(f"{endpoint:<32}{tally.total:>10}{tally.share:>10.2%}{before.share:>10.2%}  {errors}")
    return "\n".join(lines)
