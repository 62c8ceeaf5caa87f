"""The one thing to come back to: the decision that cost most, or where all were sound the finding that lost most."""

from dataclasses import dataclass
from typing import Any

from scorecards.findings import Card
from scorecards.regret import Judged, Regret
from sim.clock import show

_WORST_FIRST = ("closed", "risky", "harmful", "slow")
_SAID = {
    "closed": "After it no known way led to an end; without it there was one.",
    "risky": "After it the best known way did not come to its end by every chance.",
    "harmful": "It made things worse than they would have been without it.",
    "slow": "It did no harm itself; time went by in which a known way would have helped.",
}


@dataclass(frozen=True)
class Revisit:
    """What it is, the figures, and a question to answer; `number` is the decision, `seq` an entry to begin at."""

    what: str
    why: str
    ask: str
    number: int | None = None
    seq: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "why": self.why, "ask": self.ask, "number": self.number, "seq": self.seq}


def revisit(card: Card, regret: Regret) -> Revisit:
    """Choose it: always the same for the same run."""
    poor = [one for one in regret.judged if one.quality in _WORST_FIRST]
    if poor:
        return _decision(min(poor, key=lambda one: (_WORST_FIRST.index(one.quality), -one.cost, one.decision.number)))
    lost = max(card.findings, key=lambda one: (round(one.possible - one.earned, 6), one.criterion), default=None)
    if lost is None or lost.earned >= lost.possible:
        return Revisit("nothing stands out", "Every decision was sound and every criterion was met.",
                       "What would you have done if your first idea had been wrong?")  # fmt: skip
    seq = lost.evidence[0] if lost.evidence else None
    axis = lost.axis.value.replace("_", " ")
    return Revisit(f"{axis}: {lost.criterion}", f"{lost.why}.", "What would you do otherwise next time?", None, seq)


def _decision(one: Judged) -> Revisit:
    before, after, chosen = one.before, one.after, one.decision
    figures = (
        f"From the moment before it the best known way ({before.best.way}) hurts {before.hurt:,.0f} requests; "
        f"from the next decision on, {after.hurt:,.0f}."
    )
    return Revisit(
        f"decision {chosen.words}", f"{_SAID[one.quality]} {figures}",
        f"What did you know at {show(chosen.at_ms)}, and which look would have told you?", chosen.number, chosen.seq,
    )  # fmt: skip
