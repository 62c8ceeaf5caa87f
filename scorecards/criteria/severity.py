"""Whether it was said how bad it is."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from scorecards.truth import SEVERITIES, severities
from sim.clock import MINUTE, show
from sim.facts import Declared

name, axis, possible = "severity", Axis.COMMUNICATION, 25.0
SOON_MS, LATE_MS = 10 * MINUTE, 40 * MINUTE
_BY_DISTANCE = (1.0, 0.6, 0.0, 0.0)


def judge(run: Run) -> Finding:
    """The severities that were declared, against how many were hurt by then and what was at stake; sooner is better."""
    declared = run.facts(Declared)
    if not declared:
        nobody = severities(run, run.result.ended_at_ms)[0] == len(SEVERITIES) - 1
        why = "no severity was declared" + (", and nobody was hurt" if nobody else "")
        return Finding(name, axis, 0.0, 0.0 if nobody else possible, why)
    shares, words = [], []
    for entry in declared:
        said = SEVERITIES.index(entry.fact.severity) if isinstance(entry.fact, Declared) else 0
        worst, least = severities(run, entry.at_ms)
        off = max(worst - said, said - least, 0)
        shares.append(_BY_DISTANCE[off])
        true = SEVERITIES[worst] if worst == least else f"{SEVERITIES[worst]} to {SEVERITIES[least]}"
        words.append(f"{SEVERITIES[said]} at {show(entry.at_ms)}, when it was {true}")
    late = max(0, declared[0].at_ms - run.incident_ms - SOON_MS) / (LATE_MS - SOON_MS)
    earned = possible * sum(shares) / len(shares) * max(0.5, 1 - late)
    return Finding(name, axis, earned, possible, "; ".join(words), tuple(entry.seq for entry in declared))
