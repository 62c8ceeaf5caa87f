"""SQL that somebody might think of: what the plays and migrations hold, and what undoes or relaxes a migration."""

import re
from collections.abc import Iterator

from sim.actions.run_sql import RunSql
from sim.errors import InvalidInput
from sim.judge.values import script
from sim.play import read_play
from sim.scenario.load import Loaded

_COLUMN = re.compile(
    r"alter\s+table\s+(?:only\s+)?(?P<table>[\w.\"]+)\s+add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?"
    r"(?!constraint|check|primary|foreign|unique)(?P<column>[\w\"]+)\s+(?P<kind>\w+)", re.IGNORECASE,
)  # fmt: skip
_RENAMED = re.compile(
    r"alter\s+table\s+(?P<table>[\w.\"]+)\s+rename\s+(?:column\s+)?(?P<old>[\w\"]+)\s+to\s+(?P<new>[\w\"]+)",
    re.IGNORECASE,
)
_REQUIRED = re.compile(
    r"alter\s+table\s+(?P<table>[\w.\"]+)\s+alter\s+(?:column\s+)?(?P<column>[\w\"]+)\s+set\s+not\s+null", re.IGNORECASE
)
_EMPTY = {"jsonb": "'{}'", "json": "'{}'", "text": "''", "varchar": "''", "boolean": "false", "timestamptz": "now()"}


def statements(loaded: Loaded) -> list[str]:
    """Each once, in this order."""
    return list(dict.fromkeys([*_written(loaded), *_thought_of(loaded)]))


def _written(loaded: Loaded) -> Iterator[str]:
    for file in sorted((loaded.folder / "plays").glob("*.yaml")):
        try:
            steps = read_play(file).steps
        except InvalidInput:
            continue  # `check` says what is wrong with it
        yield from (step.action.sql for step in steps if isinstance(step.action, RunSql))


def _thought_of(loaded: Loaded) -> Iterator[str]:
    for migration in loaded.scenario.database.migrations.values():
        for one in script(migration.up, transaction=True).statements:
            for found in _COLUMN.finditer(one):
                alter = f"ALTER TABLE {found['table']} ALTER COLUMN {found['column']}"
                yield f"{alter} SET DEFAULT {_EMPTY.get(found['kind'].lower(), '0')}"
                yield f"{alter} DROP NOT NULL"
                yield f"{alter} SET NOT NULL"
                yield f"ALTER TABLE {found['table']} DROP COLUMN {found['column']}"
            for found in _RENAMED.finditer(one):
                yield f"ALTER TABLE {found['table']} RENAME COLUMN {found['new']} TO {found['old']}"
            for found in _REQUIRED.finditer(one):
                yield f"ALTER TABLE {found['table']} ALTER COLUMN {found['column']} DROP NOT NULL"
        yield from script(migration.down or "", transaction=True).statements
