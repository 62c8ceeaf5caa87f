"""What thinking gives: hints from the answer key, answers to its questions, hypotheses; production does not notice."""

from collections.abc import Sequence

from sim.actions.answer import Answer
from sim.actions.base import Action
from sim.actions.hint import Hint
from sim.engine.engine import Engine
from sim.errors import nearest
from sim.facts import Facts, HintTaken, QuestionAnswered
from sim.journal import Entry
from sim.scenario.key import Key

TIERS = ("nudge", "direction", "command")
PRICES = {"nudge": 2, "direction": 5, "command": 10}
"""What a hint costs, in points of the total score: a nudge is cheap, to be told the command is not."""


def considered(action: Action, key: Key | None, engine: Engine) -> Facts:
    """What comes of a thought; only hints and answers need the key."""
    match action:
        case Hint():
            return _hint(action, key, engine)
        case Answer():
            return _answer(action, key)
        case _:
            return action.decide(engine.world.but(now_ms=engine.now_ms))


def _hint(action: Hint, key: Key | None, engine: Engine) -> Facts:
    if key is None:
        return action.refused("this scenario came without hints", "`look` around: what you see is what there is")
    about = action.about or (next(iter(key.hints)) if len(key.hints) == 1 else "")
    if about not in key.hints:
        matters = "; ".join(f"{name}: {hints.about}" for name, hints in key.hints.items())
        return action.refused(f"there is no hint about {about!r}" if about else "a hint about what?", matters)
    tier, price = next_hint(about, engine.journal.entries)
    return (HintTaken(about=about, tier=tier, price=price, text=getattr(key.hints[about], tier)),)


def next_hint(about: str, entries: Sequence[Entry]) -> tuple[str, int]:
    """The tier of the next hint about a matter, and its price; to read the last one again is free."""
    taken = [entry.fact for entry in entries if isinstance(entry.fact, HintTaken) and entry.fact.about == about]
    tier = TIERS[min(len(taken), len(TIERS) - 1)]
    return tier, 0 if any(one.tier == tier for one in taken) else PRICES[tier]


def _answer(action: Answer, key: Key | None) -> Facts:
    if key is None:
        return action.refused("this scenario came without questions")
    if action.question not in key.questions:
        known = list(key.questions)
        hint = nearest(action.question, known, f"known: {', '.join(known)}")
        return action.refused(f"there is no question {action.question!r}", hint)
    choices = key.questions[action.question].choices
    for choice in action.choice:
        if choice not in choices:
            hint = nearest(choice, list(choices), f"the choices: {', '.join(choices)}")
            return action.refused(f"{choice!r} is no choice of {action.question}", hint)
    if not action.choice:
        return action.refused("an answer names at least one choice", f"the choices: {', '.join(choices)}")
    return (QuestionAnswered(question=action.question, choice=tuple(dict.fromkeys(action.choice))),)
