"""What was ordered."""

from sim.engine.engine import Engine


def read(engine: Engine) -> str:
    """Each fix that can be ordered, and how far it is."""
    fixes = engine.world.scenario.fixes
    return (
        "\n".join(f"{name}: {engine.world.fixes.get(name, 'not ordered')} – {fix.title}" for name, fix in fixes.items())
        or "no fixes"
    )
