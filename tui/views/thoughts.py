"""What somebody takes to be the cause: the board of hypotheses, what was predicted and what came, hints taken."""

from typing import TYPE_CHECKING

from sim.facts import HintTaken, HypothesisHeld, Noted, Predicted, PredictionSettled
from tui.views.moments import wall
from tui.views.spans import DIM, GONE, OK, PLAIN, STRONG, WARN, Row, row

if TYPE_CHECKING:
    from sim.session import Session

_TONES = {"supported": OK, "refuted": GONE}
STATES = ("open", "supported", "refuted")


def thoughts(session: "Session") -> tuple[Row, ...]:
    """Hypotheses with their state, then predictions with what came of them, then hints; a key is what it is about."""
    scenario, states = session.loaded.scenario, dict[str, str]()
    said, hints = list[Row](), list[Row]()
    for entry in session.journal.entries:
        clock = (f"{wall(scenario, entry.at_ms)} ", DIM)
        match entry.fact:
            case HypothesisHeld(says=says, state=state):
                states[says] = state
            case Predicted(action=action, effects=effects, confidence=confidence):
                said.append(row(clock, f"{action}: errors {effects.get('errors')}, {confidence} % sure"))
            case PredictionSettled(action=action, effects=effects, came=came, right=right):
                came_as = "as predicted" if right else f"not {effects.get('errors')}"
                said.append(row(clock, (f"{action}: errors {came}, {came_as}", OK if right else WARN)))
            case HintTaken(about=about, tier=tier, price=price, text=text):
                hints.append(row(clock, (f"{tier} about {about} (-{price}): ", DIM), text))
            case _:
                pass
    ideas = [
        row((f"{state:<10}", _TONES.get(state, STRONG)), (says, PLAIN), key=says) for says, state in states.items()
    ]
    return (*ideas, *said, *hints)


def notes(session: "Session") -> tuple[Row, ...]:
    """What somebody wrote down, with its time."""
    scenario = session.loaded.scenario
    return tuple(
        row((f"{wall(scenario, entry.at_ms)} ", DIM), entry.fact.text)
        for entry in session.journal.entries
        if isinstance(entry.fact, Noted)
    )
