"""Whether predictions were as sure as they were right."""

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import Predicted, PredictionSettled

name, axis, possible = "calibration", Axis.DIAGNOSIS, 15.0
GOOD, CHANCE = 0.1, 0.35


def judge(run: Run) -> Finding:
    """The mean Brier score of the predictions that were settled: 0 is sure and right, 0.25 a coin."""
    scores, evidence, open_ = [], [], list(run.facts(Predicted))
    for entry in run.facts(PredictionSettled):
        settled = entry.fact
        said = next((e for e in open_ if _same(e.fact, settled)), None)
        if said is None or not isinstance(settled, PredictionSettled) or not isinstance(said.fact, Predicted):
            continue
        open_.remove(said)
        scores.append((said.fact.confidence / 100 - settled.right) ** 2)
        evidence += [said.seq, entry.seq]
    if not scores:
        return Finding(name, axis, 0.0, 0.0, "no prediction was settled")
    brier = sum(scores) / len(scores)
    earned = possible * min(1.0, max(0.0, (CHANCE - brier) / (CHANCE - GOOD)))
    why = f"the Brier score of {len(scores)} predictions is {brier:.2f}"
    return Finding(name, axis, earned, possible, why, tuple(sorted(evidence)))


def _same(said: object, settled: object) -> bool:
    return (
        isinstance(said, Predicted)
        and isinstance(settled, PredictionSettled)
        and (said.action, said.effects) == (settled.action, settled.effects)
    )
