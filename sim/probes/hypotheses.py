"""What somebody took to be the cause."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import HintTaken, HypothesisHeld, Predicted, PredictionSettled


def read(engine: Engine) -> str:
    """Every hypothesis and its state, what was predicted and what came of it, and the hints that were taken."""
    states: dict[str, str] = {}
    lines, hints = list[str](), list[str]()
    for entry in engine.journal.entries:
        match entry.fact:
            case HypothesisHeld(says=says, state=state):
                states[says] = state
            case Predicted(action=action, effects=effects, confidence=confidence):
                lines.append(f"{show(entry.at_ms)} {action}: errors {effects.get('errors')}, {confidence} % sure")
            case PredictionSettled(action=action, effects=effects, came=came, right=right):
                what = f"errors {came}, as predicted" if right else f"errors {came}, not {effects.get('errors')}"
                lines.append(f"{show(entry.at_ms)} {action}: {what}")
            case HintTaken(about=about, tier=tier, text=text):
                hints.append(f"hint about {about}, {tier}: {text}")
            case _:
                pass
    return "\n".join([*(f"{state}: {says}" for says, state in states.items()), *lines, *hints]) or "no hypothesis yet"
