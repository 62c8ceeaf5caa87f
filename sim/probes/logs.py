"""What the last minute's errors say."""

from sim.clock import MINUTE, SECOND, show
from sim.engine.engine import Engine
from sim.engine.mixes import switched_off
from sim.facts import JobRan

JOBS_MS = 10 * MINUTE


def read(engine: Engine) -> str:
    """Each error of the last minute with its count and, where PostgreSQL said it, the message and the statement.

    Jobs run seldom: what their runs of the last ten minutes said stands there too.
    """
    engine.settle()
    now, lines = engine.now_ms // SECOND, _of_jobs(engine)
    for service in engine.world.serving:
        for endpoint in engine.world.service(service).endpoints:
            tally = engine.traffic.tally(endpoint, max(0, now - MINUTE // SECOND), now)
            for error, count in sorted(tally.errors.items(), key=lambda item: (-item[1], item[0])):
                lines.append(f"ERROR {endpoint} {error} ×{count}")
                lines += _messages(engine, service, endpoint, error)
    return "\n".join(lines) or "no errors in the last minute"


def _messages(engine: Engine, service: str, work: str, error: str) -> list[str]:
    judgements, gone = engine.mixes.judgements, switched_off(engine.world)
    messages = [
        text
        for slot in engine.world.serving[service].slots
        for text in judgements.messages(work, slot.build, engine.lineage, error, gone)
    ]
    return [f"      {text}" for text in dict.fromkeys(messages)]


def _of_jobs(engine: Engine) -> list[str]:
    """The errors of each job's last failing run of the last ten minutes."""
    last = {
        entry.fact.job: (entry.at_ms, entry.fact)
        for entry in engine.journal.entries
        if isinstance(entry.fact, JobRan) and entry.fact.failed and entry.at_ms > engine.now_ms - JOBS_MS
    }
    lines = []
    for name, (at_ms, ran) in last.items():
        service = engine.world.scenario.jobs[name].service or next(iter(engine.world.serving))
        for error, count in ran.errors.items():
            lines.append(f"ERROR {name} {error} ×{count} at {show(at_ms)}")
            lines += _messages(engine, service, name, error)
    return lines
