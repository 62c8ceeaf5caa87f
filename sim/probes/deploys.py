"""What runs where."""

from sim.engine.engine import Engine
from sim.scenario.build import label


def read(engine: Engine) -> str:
    """Each service's instances by version, and the roll-out under way."""
    scenario, lines = engine.world.scenario, []
    for name, state in engine.world.serving.items():
        slots = ", ".join(
            f"{slot.instances}× {label(scenario, slot.build)} in {slot.pool}" for slot in state.slots if slot.instances
        )
        moving = f"; rolling out {label(scenario, state.rollout.build)}" if state.rollout else ""
        lines.append(f"{name}: {slots}{moving}")
    return "\n".join(lines)
