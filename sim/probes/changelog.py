"""What was shipped."""

from sim.engine.engine import Engine
from sim.scenario.build import change_of, label, ordered, sdks


def read(engine: Engine) -> str:
    """The releases and the changes in them, with the migration as the changelog shows it and as the tool ran it."""
    scenario, lines = engine.world.scenario, []
    before = sdks(scenario, frozenset())
    for release, changes in scenario.releases.items():
        lines.append(f"{release}: {', '.join(changes) or 'the base'}")
    for name in ordered(scenario, frozenset(scenario.changes)):
        change = change_of(scenario, name)
        lines.append(f"{name} {change.title}" + (f" ({change.author})" if change.author else ""))
        lines += [f"  runs with {sdk} {version}, before with {before[sdk]}" for sdk, version in change.sdks.items()]
        if change.migration is not None:
            migration = scenario.database.migrations[change.migration]
            lines.append(
                f"  migration {change.migration}, in the changelog: {(migration.shown or migration.up).strip()}"
            )
            lines += [f"  the tool ran: {line}" for line in migration.up.strip().splitlines()]
    serving = {
        name: [label(scenario, slot.build) for slot in state.slots] for name, state in engine.world.serving.items()
    }
    lines += [f"{name} serves {' and '.join(labels)}" for name, labels in serving.items()]
    return "\n".join(lines)
