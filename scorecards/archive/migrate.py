"""Brings an index to the newest schema: numbered SQL files, all of them in one transaction."""

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from sim import __version__

MIGRATIONS = Path(__file__).with_name("migrations")
_META = "CREATE TABLE meta (schema_version INTEGER, app_version VARCHAR, duckdb_version VARCHAR, changed_at TIMESTAMP)"


def newest(migrations: Path) -> int:
    """The schema that this program writes."""
    return max(steps(migrations))


def steps(migrations: Path) -> dict[int, Path]:
    """What leads to each schema from the one before."""
    return {int(path.name.partition("_")[0]): path for path in sorted(migrations.glob("*.sql"))}


def version_of(connection: DuckDBPyConnection) -> int:
    """The schema of an index; 0 if it is empty."""
    known = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'meta'").fetchall()
    if not known[0][0]:
        return 0
    return int(connection.execute("SELECT coalesce(max(schema_version), 0) FROM meta").fetchall()[0][0])


def migrate(connection: DuckDBPyConnection, migrations: Path) -> None:
    """All steps that are missing, or none; what changed tables is out of the log before anything else is in it."""
    version = version_of(connection)
    missing = [(number, path) for number, path in steps(migrations).items() if number > version]
    if not missing:
        return
    connection.execute("BEGIN")
    try:
        if version == 0:
            connection.execute(_META)
        for number, path in missing:
            connection.execute(path.read_text(encoding="utf-8"))
            about = [number, __version__, duckdb.__version__]
            connection.execute("INSERT INTO meta VALUES (?, ?, ?, now()::TIMESTAMP)", about)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    connection.execute("CHECKPOINT")
