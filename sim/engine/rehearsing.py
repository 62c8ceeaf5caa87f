"""What PostgreSQL says of SQL where nobody is hurt: on pre-production, or on a copy of production's schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.engine.costs import statement_ms
from sim.engine.frozen import frozen
from sim.engine.scripts import parts
from sim.errors import NotModelled
from sim.facts import ScriptSent
from sim.judge.values import Lineage, Script, StatementVerdict, seed_rows_decide

if TYPE_CHECKING:
    from sim.engine.engine import Engine

PREPRODUCTION, PRODUCTION = "preproduction", "production_schema"
WHERE = (PREPRODUCTION, PRODUCTION)


@dataclass(frozen=True)
class Rehearsed:
    """A statement as written, PostgreSQL's verdict, and how long it would hold its locks there."""

    statement: str
    verdict: StatementVerdict
    took_ms: int


def place(engine: "Engine", where: str) -> tuple[str, Lineage, int | None]:
    """Where SQL is rehearsed: its name, its schema, and how many rows its tables have if not production's."""
    spec = engine.world.scenario.database.preproduction
    chosen = where or (PREPRODUCTION if spec is not None else PRODUCTION)
    if chosen == PRODUCTION:
        return chosen, engine.lineage, None
    lineage = engine.production.preproduction
    if lineage is None or spec is None:
        raise NotModelled(f"this system has no pre-production; say `where: {PRODUCTION}`")
    return chosen, lineage, spec.rows


def rehearse(engine: "Engine", lineage: Lineage, sent: ScriptSent, rows: int | None) -> tuple[list[Rehearsed], Lineage]:
    """Each statement up to the first refusal, as the real thing would run them, and the schema that is left."""
    told: list[Rehearsed] = []
    for part in parts(sent):
        asked = Script(tuple(frozen(one, engine.world.scenario.clock.starts) for one in part.statements), part.together)
        verdict = engine.judge.run(lineage, asked, seed_rows_decide)
        lineage = verdict.after
        told += _timed(engine, part.statements, verdict.statements, rows)
        if verdict.refused is not None:
            break
    return told, lineage


def _timed(
    engine: "Engine", asked: tuple[str, ...], verdicts: tuple[StatementVerdict, ...], rows: int | None
) -> Iterator[Rehearsed]:
    for at, one in enumerate(verdicts):
        took_ms = statement_ms(
            tag=one.tag, rewrites=one.rewrites, scans=one.scans, indexes=one.builds_index, written=0,
            rows=engine.rows.size if rows is None else lambda _: rows or 0,
        )  # fmt: skip
        yield Rehearsed(asked[at] if at < len(asked) else one.statement, one, took_ms)
