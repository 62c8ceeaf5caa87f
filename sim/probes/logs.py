"""What the last minute's errors say."""

from sim.clock import MINUTE, SECOND
from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Each error of the last minute with its count and, where PostgreSQL said it, the message and the statement."""
    engine.settle()
    now, lines = engine.now_ms // SECOND, []
    for service, state in engine.world.serving.items():
        for endpoint in engine.world.service(service).endpoints:
            tally = engine.traffic.tally(endpoint, max(0, now - MINUTE // SECOND), now)
            for error, count in sorted(tally.errors.items(), key=lambda item: (-item[1], item[0])):
                messages = [
                    text
                    for slot in state.slots
                    for text in engine.mixes.judgements.messages(endpoint, slot.build, engine.lineage, error)
                ]
                lines.append(f"ERROR {endpoint} {error} ×{count}")
                lines += [f"      {text}" for text in dict.fromkeys(messages)]
    return "\n".join(lines) or "no errors in the last minute"
