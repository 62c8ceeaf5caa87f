"""Whether the plan was told before it was carried out."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.clock import MINUTE
from sim.facts import Announced, Posted

name, axis, possible = "plan", Axis.COMMUNICATION, 15.0
AT_LATEST_MS, LATE_MS = 5 * MINUTE, 20 * MINUTE


def judge(run: Run) -> Finding:
    """An update or an announcement that claims no end yet, by five minutes after the first deed."""
    told = [e for e in run.facts(Posted, Announced) if getattr(e.fact, "claim", "") not in {"resolved", "mitigated"}]
    if not told:
        return Finding(name, axis, 0.0, possible, "nobody was told what would be done")
    first = run.deeds[0].at_ms if run.deeds else told[0].at_ms
    late = max(0, told[0].at_ms - first - AT_LATEST_MS)
    earned = possible * max(0.0, 1 - late / LATE_MS)
    why = f"the first word of what would be done came {abs(told[0].at_ms - first) / MINUTE:.0f} minutes "
    why += "before the first deed" if told[0].at_ms <= first else "after the first deed"
    return Finding(name, axis, earned, possible, why, (told[0].seq,))
