"""What PostgreSQL says where nobody is hurt."""

from sim.actions.dry_run import DryRun
from sim.engine.engine import Engine
from sim.engine.rehearsing import PREPRODUCTION, WHERE, Rehearsed, place, rehearse
from sim.errors import NotModelled, nearest
from sim.facts import ScriptSent

LONGEST = 4_000


def read(engine: Engine, action: DryRun) -> str:
    """Each statement with its locks, or with the SQLSTATE and message that stopped it, and where that was asked."""
    if action.where and action.where not in WHERE:
        raise NotModelled(f"there is no place {action.where!r} to rehearse on; known: {', '.join(WHERE)}")
    name, lineage, rows = place(engine, action.where)
    told, _ = rehearse(engine, lineage, _script(engine, action), rows)
    return "\n".join([_head(engine, name, rows), *(line for one in told for line in _lines(one))])


def _script(engine: Engine, action: DryRun) -> ScriptSent:
    if bool(action.sql) == bool(action.migration):
        raise NotModelled("say what to rehearse: either `sql:` or `migration:`")
    if not action.migration:
        if len(action.sql) > LONGEST:
            raise NotModelled(f"the statement is longer than {LONGEST} characters; rehearse it in parts")
        return ScriptSent(session="rehearsal", sql=action.sql)
    known = engine.world.scenario.database.migrations
    if action.migration not in known:
        hint = nearest(action.migration, tuple(known), "known: " + ", ".join(known))
        raise NotModelled(f"there is no migration {action.migration!r}; {hint}")
    spec = known[action.migration]
    return ScriptSent(session="rehearsal", sql=spec.up, transaction=spec.transaction)


def _head(engine: Engine, name: str, rows: int | None) -> str:
    spec = engine.world.scenario.database.preproduction
    if name != PREPRODUCTION or spec is None:
        return "on a copy of production's schema as it is now, with a few rows; nothing stays"
    return f"on pre-production, {rows} rows a table; nothing stays" + (f" ({spec.about})" if spec.about else "")


def _lines(one: Rehearsed) -> list[str]:
    statement = " ".join(one.statement.split())
    if one.verdict.sqlstate is not None:
        return [f"  {statement}", f"    ERROR {one.verdict.sqlstate}: {one.verdict.message}"]
    locks = ", ".join(f"{mode} on {table}" for table, mode in one.verdict.locks) or "no lock"
    return [f"  {statement}", f"    ok, about {one.took_ms} ms; {locks}"]
