"""Whether the root cause was named."""

import re

from scorecards.findings import Axis, Finding
from scorecards.run import Run
from sim.facts import HypothesisHeld, Posted, QuestionAnswered

name, axis, possible = "named", Axis.DIAGNOSIS, 20.0
STEM = 5
SOME, ENOUGH = 1, 3
_WORDS = re.compile(r"[a-z0-9][a-z0-9_.-]{3,}")


def judge(run: Run) -> Finding:
    """A hypothesis or an update in the words of the key's root cause, or the questions answered rightly."""
    if run.key is None:
        return Finding(name, axis, 0.0, 0.0, "without a key nobody knows the cause")
    causes = [_stems(one.says) for one in run.key.conclusions.values() if one.root_cause]
    told = [entry for entry in run.facts(HypothesisHeld, Posted) if _claims(entry.fact)]
    common = {entry.seq: max((len(cause & _stems(_text(entry.fact))) for cause in causes), default=0) for entry in told}
    best = max(common, key=lambda seq: common[seq], default=None)
    words = min(1.0, common[best] / ENOUGH) if best is not None and common[best] > SOME else 0.0
    answered, right = _answers(run)
    share = len(right) / len(answered) if answered else 0.0
    if not told and not answered:
        return Finding(name, axis, 0.0, possible, "nobody said what the cause was")
    why = (
        f"{len(right)} of {len(answered)} questions were answered rightly"
        if share > words
        else ("what was said of the cause fits it" if words else "what was said of the cause does not fit it")
    )
    evidence = tuple(answered) if share > words else tuple(common)
    return Finding(name, axis, possible * max(words, share), possible, why, evidence)


def _claims(fact: object) -> bool:
    return (isinstance(fact, HypothesisHeld) and fact.state != "refuted") or (
        isinstance(fact, Posted) and fact.claim in {"identified", "mitigated", "resolved"}
    )


def _text(fact: object) -> str:
    return fact.says if isinstance(fact, HypothesisHeld) else getattr(fact, "text", "")


def _stems(text: str) -> set[str]:
    return {word[:STEM] if word.isalpha() else word.strip(".-") for word in _WORDS.findall(text.lower())}


def _answers(run: Run) -> tuple[list[int], list[int]]:
    """The entries of the last answers to each question, and of those that are right."""
    last = {e.fact.question: e for e in run.facts(QuestionAnswered) if isinstance(e.fact, QuestionAnswered)}
    questions = run.key.questions if run.key else {}
    right = [
        entry.seq
        for question, entry in last.items()
        if question in questions and set(getattr(entry.fact, "choice", ())) == set(questions[question].right)
    ]
    return [entry.seq for entry in last.values()], right
