"""What runs where."""

from sim.engine.engine import Engine
from sim.facts import RolloutBegan, RolloutEnded, RolloutHalted
from sim.scenario.build import label
from sim.scenario.model import Scenario
from sim.world import Serving, Slot


def read(engine: Engine) -> str:
    """Each service's instances by version and pool with their share of the traffic, and the roll-out under way."""
    scenario, lines = engine.world.scenario, []
    for name, state in engine.world.serving.items():
        slots = ", ".join(
            f"{slot.instances}× {label(scenario, slot.build)} in {slot.pool}{_share(state, slot)}"
            for slot in state.slots
            if slot.instances or not state.instances(slot.pool)
        )
        lines.append(f"{name}: {slots}{_moving(scenario, state)}{_halted(engine, name)}")
    return "\n".join(lines)


def _halted(engine: Engine, service: str) -> str:
    """Why the last roll-out stopped where it is, if it did."""
    kinds = RolloutBegan | RolloutEnded | RolloutHalted
    facts = [entry.fact for entry in engine.journal.entries if isinstance(entry.fact, kinds)]
    rolled = [fact for fact in facts if fact.service == service]
    last = rolled[-1] if rolled else None
    return f"; the last roll-out was halted: {last.why}" if isinstance(last, RolloutHalted) else ""


def _share(state: Serving, slot: Slot) -> str:
    return f" ({slot.weight} % of the traffic)" if len(state.pools) > 1 else ""


def _moving(scenario: Scenario, state: Serving) -> str:
    moving = ""
    if state.rollout is not None:
        moving = f"; rolling out {label(scenario, state.rollout.build)}{', paused' if state.rollout.paused else ''}"
    starting = sum(max(0, count - state.instances(pool)) for pool, count in state.wanted.items())
    return moving + (f"; {starting} starting" if starting else "")
