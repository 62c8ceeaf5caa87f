"""What was tested, and where."""

from collections.abc import Iterator

from sim.engine.engine import Engine
from sim.engine.rehearsing import place, rehearse
from sim.facts import ScriptSent
from sim.judge.values import Lineage
from sim.scenario.build import change_of, ordered


def read(engine: Engine) -> str:
    """Each release: its migrations as they ran on pre-production in CI, in their order."""
    scenario = engine.world.scenario
    if scenario.database.preproduction is None:
        return "CI runs unit tests only: there is no pre-production, and no migration was ever tried before its release"
    _, lineage, rows = place(engine, "")
    about = scenario.database.preproduction.about
    lines = [f"CI tests on pre-production: {rows} rows a table" + (f"; {about}" if about else "")]
    for release, changes in scenario.releases.items():
        lines += [f"{release}: unit tests passed", *_migrations(engine, lineage, frozenset(changes), rows)]
    return "\n".join(lines)


def _migrations(engine: Engine, lineage: Lineage, build: frozenset[str], rows: int | None) -> Iterator[str]:
    scenario = engine.world.scenario
    for name in ordered(scenario, build):
        migration = change_of(scenario, name).migration
        if migration is None or migration in engine.production.opening_migrations:
            continue
        spec = scenario.database.migrations[migration]
        sent = ScriptSent(session="test", sql=spec.up, transaction=spec.transaction)
        told, lineage = rehearse(engine, lineage, sent, rows)
        refused = next((one.verdict for one in told if one.verdict.sqlstate), None)
        yield f"  {migration}: " + (f"failed with {refused.sqlstate}: {refused.message}" if refused else "passed")
