"""Which clues of the key somebody has really seen: the words are in an answer that was read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scorecards.run import Run
from sim.facts import Asked
from sim.scenario.key import Clue

LONG_ENOUGH = 8
"""Words as long as this are no coincidence, wherever they are read."""
_TABLES = re.compile(r"\b(?:from|join)\s+([a-z_.]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """A look and what it gave."""

    seq: int
    at_ms: int
    action: str
    arguments: Any
    text: str


def answers(run: Run) -> Iterator[Answer]:
    """Every answer that was read, in order."""
    asked: Asked | None = None
    for entry in run.entries:
        if isinstance(entry.fact, Asked):
            asked = entry.fact
        if entry.seq in run.told and asked is not None:
            yield Answer(entry.seq, entry.at_ms, asked.action, asked.arguments, run.told[entry.seq].lower())


def seen(run: Run) -> dict[str, Answer]:
    """The clues that were seen, each with the first answer that shows it."""
    if run.key is None:
        return {}
    found: dict[str, Answer] = {}
    read = list(answers(run))
    for name, clue in run.key.clues.items():
        if all(run.params.get(param) == value for param, value in clue.when.items()):
            first = next((answer for answer in read if shows(clue, answer)), None)
            if first is not None:
                found[name] = first
    return found


def shows(clue: Clue, answer: Answer) -> bool:
    """Whether an answer shows what a step of the clue finds, asked of the same thing or in words of some length."""
    for step in clue.seen:
        find, lacks = (str(step.get(key) or "").lower() for key in ("find", "lacks"))
        if find and find in answer.text and not (lacks and lacks in answer.text):
            alike = _same_question(step, answer)
            if alike or (len(find) >= LONG_ENOUGH and not lacks):
                return True
    return False


def _same_question(step: Any, answer: Answer) -> bool:
    if step.get("do") != answer.action:
        return False
    if answer.action == "query":
        return _tables(str(step.get("sql"))) == _tables(str(answer.arguments.get("sql")))
    keys = set(step) - {"at", "do", "find", "lacks", "pattern"}
    return all(step[key] == answer.arguments.get(key) for key in keys)


def _tables(sql: str) -> set[str]:
    return {name.lower() for name in _TABLES.findall(sql)}
