"""What the migration jobs logged."""

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import MigrationBegan, MigrationDeclined, MigrationEnded, MigrationMarked, ScriptSent, StatementRan

LINES = 60


def read(engine: Engine) -> str:
    """PostgreSQL's answer to each statement of each migration, with its time."""
    lines, sessions = [], set()
    for entry in engine.journal.entries:
        told = ""
        match entry.fact:
            case ScriptSent(session=session, migration=str()):
                sessions.add(session)
            case MigrationBegan(migration=migration, direction=direction):
                told = f"{migration} {direction}: begins"
            case MigrationEnded(migration=migration, direction=direction, sqlstate=sqlstate):
                told = f"{migration} {direction}: {'failed, exit 1' if sqlstate else 'done'}"
            case MigrationDeclined(migration=migration, dirty=dirty):
                told = f"{migration}: not run, dirty database version: {dirty}. Mend it, then mark the version"
            case MigrationMarked(migration=migration, state=state):
                told = f"{migration}: marked as {state} by hand"
            case StatementRan(session=session) if session in sessions:
                told = _answer(entry.fact)
        lines += [f"{show(entry.at_ms)} {told}"] if told else []
    return "\n".join(lines[-LINES:]) or "no migration has run since the clock began"


def _answer(ran: StatementRan) -> str:
    statement = " ".join(ran.statement.split())
    if ran.sqlstate is None:
        return f"  ok ({ran.took_ms} ms): {statement}"
    return f"  ERROR {ran.sqlstate}: {ran.message}: {statement}"
