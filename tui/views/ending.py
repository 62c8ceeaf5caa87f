"""What is said when a run is over: the questions, how they were answered, and what it came to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.facts import HintTaken, PredictionSettled, QuestionAnswered

if TYPE_CHECKING:
    from sim.journal import Entry
    from sim.result import Result
    from sim.scenario.key import Key


def given(entries: "Sequence[Entry]") -> dict[str, tuple[str, ...]]:
    """The questions that were answered, and how; the last answer counts."""
    return {e.fact.question: e.fact.choice for e in entries if isinstance(e.fact, QuestionAnswered)}


def asked(key: "Key | None", entries: "Sequence[Entry]") -> list[str]:
    """The questions that are still open, each with its choices."""
    answers = given(entries)
    lines = []
    for name, question in ({} if key is None else key.questions).items():
        if name not in answers:
            lines.append(f"{name}: {question.ask}")
            lines += [f"  {choice}: {says}" for choice, says in question.choices.items()]
    return lines


def answered(key: "Key | None", entries: "Sequence[Entry]") -> list[str]:
    """How each answer compares with the right one, and why that is right."""
    lines = []
    for name, choice in given(entries).items():
        if key is not None and name in key.questions:
            question = key.questions[name]
            right = set(choice) == set(question.right)
            came = "right" if right else f"not {', '.join(choice)}"
            lines.append(f"{name}: {came}. {_why(question.right, question.because)}")
    return lines


def _why(right: Sequence[str], because: str) -> str:
    return f"{', '.join(right)}: {because}"


def cause(key: "Key | None") -> list[str]:
    """What it was, said only when it is over."""
    return [] if key is None else [f"cause: {one.says}" for one in key.conclusions.values() if one.root_cause]


def thoughts(entries: "Sequence[Entry]") -> list[str]:
    """How predictions came out, and what hints cost."""
    settled = [entry.fact for entry in entries if isinstance(entry.fact, PredictionSettled)]
    hints = [entry.fact for entry in entries if isinstance(entry.fact, HintTaken)]
    lines = []
    if settled:
        lines.append(f"predictions: {sum(one.right for one in settled)} of {len(settled)} came as you said")
    if hints:
        lines.append(f"hints: {len(hints)} taken, for {sum(one.price for one in hints)} points")
    return lines


def summed_up(result: "Result", key: "Key | None", entries: "Sequence[Entry]") -> list[str]:
    """The whole of it."""
    return [*result.summary(), *thoughts(entries), *answered(key, entries), *cause(key)]
