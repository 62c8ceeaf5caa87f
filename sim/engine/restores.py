"""Backups are taken and brought back: each takes its locks and its time, and PostgreSQL has the last word."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Interrupt

from sim.engine.alone import refusal_alone
from sim.engine.beside import beside_name, copied_tables
from sim.engine.costs import backup_ms, restore_ms
from sim.engine.scripts import CANCELLED, MESSAGES
from sim.engine.transactions import NOT_MODELLED, free_locks, take_all
from sim.errors import NotModelled
from sim.facts import BackupBegan, BackupEnded, DatabaseRestored, RestoreBegan, RestoreEnded, SchemaChanged
from sim.judge.values import Refusal

if TYPE_CHECKING:
    from sim.engine.engine import Engine

Steps = Generator[Any, Any, None]
IN_PLACE, BESIDE, POINT_IN_TIME = "in_place", "beside", "point_in_time"
_THEN = {"applying": "failed", "undoing": "applied"}


def back_up_at(engine: "Engine", name: str, at_ms: int) -> Steps:
    """A backup that is taken by the clock."""
    yield engine.env.timeout(at_ms)
    engine.become(BackupBegan(session=f"backup {name}", backup=name))


def back_up(engine: "Engine", began: BackupBegan) -> Steps:
    """Copy every table as it is once nobody is changing its schema."""
    as_of_ms, sqlstate = None, None
    try:
        present = engine.rows.present()
        yield from take_all(engine, began.session, tuple((table, "AccessShareLock") for table in present), None)
        taken_ms = engine.now_ms
        yield engine.env.timeout(backup_ms(_size(engine, present)))
        as_of_ms = taken_ms
    except Interrupt as stop:
        sqlstate = stop.cause or CANCELLED
    free_locks(engine, began.session)
    engine.become(BackupEnded(session=began.session, backup=began.backup, as_of_ms=as_of_ms, sqlstate=sqlstate))


def restore(engine: "Engine", began: RestoreBegan) -> Steps:
    """Bring back a moment; the answer is told when it ends."""
    refusal: Refusal | None
    try:
        refusal = yield from _put_there(engine, began)
    except Interrupt as stop:
        sqlstate = stop.cause or CANCELLED
        refusal = Refusal(sqlstate, MESSAGES[sqlstate])
    except NotModelled as gap:
        refusal = Refusal(NOT_MODELLED, str(gap))
    free_locks(engine, began.session)
    told = (refusal.sqlstate, refusal.message) if refusal else (None, "")
    engine.become(RestoreEnded(session=began.session, sqlstate=told[0], message=told[1]))


def _put_there(engine: "Engine", began: RestoreBegan) -> Generator[Any, Any, Refusal | None]:
    backup = engine.world.scenario.database.backups.get(began.backup)
    fetch_ms = backup.fetch if backup else 0
    tables = began.tables or engine.rows.tables_at(began.as_of_ms)
    taken_ms = engine.world.backups[began.backup] or 0
    work_ms = restore_ms(_size(engine, tables), began.as_of_ms - taken_ms)
    if began.how == POINT_IN_TIME:
        yield from _lock(engine, began)
        yield engine.env.timeout(fetch_ms + work_ms)
    else:
        yield engine.env.timeout(fetch_ms)
        if began.how == IN_PLACE:
            yield from _lock(engine, began)
        yield engine.env.timeout(work_ms)
    copy = f"{began.as_of_ms}"
    engine.rows.keep(copy, began.as_of_ms)
    if began.how == BESIDE:
        return _beside(engine, began, copy, tables)
    return _in_place(engine, began, copy)


def _lock(engine: "Engine", began: RestoreBegan) -> Generator[Any, Any, bool | None]:
    """Nobody reads or writes what is being replaced."""
    tables = began.tables or engine.rows.present()
    return (yield from take_all(engine, began.session, tuple((name, "AccessExclusiveLock") for name in tables), None))


def _in_place(engine: "Engine", began: RestoreBegan, copy: str) -> Refusal | None:
    """The moment's rows take the place of today's, and of everything also its schema."""
    era, world = engine.rows.history.era(began.as_of_ms), engine.world
    if began.tables:
        refusal = refusal_alone(engine, era.lineage, began.tables, copy)
        if refusal is not None:
            return refusal
    effect = engine.rows.put_back(copy, began.tables, began.as_of_ms)
    migrations, schema = dict(world.migrations), world.schema
    if not began.tables:
        engine.lineage, schema = era.lineage, era.schema
        migrations = {name: _THEN.get(state, state) for name, state in era.migrations.items()}
    engine.become(
        DatabaseRestored(
            how=began.how, as_of_ms=began.as_of_ms, tables=began.tables, rows=effect.rows, lost=effect.lost,
            overwritten=effect.overwritten, migrations=migrations, schema=schema,
        )
    )  # fmt: skip
    return None


def _beside(engine: "Engine", began: RestoreBegan, copy: str, tables: tuple[str, ...]) -> Refusal | None:
    """The moment's rows stand in tables of their own, beside today's."""
    made = copied_tables(engine.judge.shapes(engine.rows.history.era(began.as_of_ms).lineage), tables)
    verdict = engine.judge_script(tuple(made.values()), transaction=True)
    if verdict.refused is not None:
        return Refusal(verdict.refused.sqlstate or "", verdict.refused.message)
    for statement in made.values():
        engine.rows.run(statement, engine.lineage, at_once=False)
    engine.lineage = verdict.after
    effect = engine.rows.bring(copy, {table: beside_name(table) for table in tables})
    engine.become(SchemaChanged(statements=tuple(made.values()), transaction=True))
    engine.become(
        DatabaseRestored(
            how=began.how, as_of_ms=began.as_of_ms, tables=tables, rows=effect.rows, lost=0, overwritten=0,
            migrations=dict(engine.world.migrations), schema=engine.world.schema,
        )
    )  # fmt: skip
    return None


def _size(engine: "Engine", tables: tuple[str, ...]) -> int:
    return sum(engine.rows.size(table) for table in tables)
