"""Keeps count of what an operator's statements destroyed: facts that are gone, and users' rows that were overwritten.

A fact is a row of the scenario's `facts` query, as text that equal values share. Traffic's own changes lose nothing,
and what an operator made is nobody's loss.
"""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from sim.tables.pgtypes import WHOLE, same
from sim.tables.queries import Query
from sim.tables.reading import key_text, quoted
from sim.tables.schema import Relation
from sim.tables.writing import count

LOST, MADE, BEFORE, AFTER = '"facts lost"', '"facts made"', '"facts before"', '"facts after"'
OVERWRITTEN, ROWS = '"rows overwritten"', '"rows of users"'


class Losses:
    """The books of one run, kept in side tables."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._kept: set[str] = set()
        self.dropped = 0  # values in columns that a statement took away, beyond what their defaults said
        connection.execute(f"CREATE TEMP TABLE {LOST} (fact VARCHAR[])")
        connection.execute(f"CREATE TEMP TABLE {MADE} (fact VARCHAR[])")
        connection.execute(f'CREATE TEMP TABLE {OVERWRITTEN} ("table" VARCHAR, key VARCHAR)')

    def before(self, facts: Query | None) -> None:
        """Remember the facts that there are; None when their query does not run."""
        self._snapshot(BEFORE, facts)

    def after(self, facts: Query | None, *, rows_changed: bool) -> None:
        """Lost = (lost or (before and not made and not after)) and not after; made is what is new and was not lost.

        A statement that only renames or shows things brings facts into view, but makes none.
        """
        self._snapshot(AFTER, facts)
        run = self._connection.execute
        if rows_changed:
            run(
                f"INSERT INTO {MADE} (SELECT fact FROM {AFTER} EXCEPT SELECT fact FROM {BEFORE}) "
                f"EXCEPT (SELECT fact FROM {LOST} UNION SELECT fact FROM {MADE})"
            )
        run(
            f'CREATE OR REPLACE TEMP TABLE "facts next" AS '
            f"(SELECT fact FROM {LOST} UNION (SELECT fact FROM {BEFORE} EXCEPT SELECT fact FROM {MADE})) "
            f"EXCEPT SELECT fact FROM {AFTER}"
        )
        run(f'DELETE FROM {LOST}; INSERT INTO {LOST} SELECT fact FROM "facts next"')
        for name in (BEFORE, AFTER, '"facts next"'):
            run(f"DROP TABLE {name}")

    def lost(self, facts: Query | None) -> int:
        """How many facts an operator destroyed that are not there now."""
        if not count(self._connection, f"SELECT count(*) FROM {LOST}"):
            return 0
        self._snapshot(AFTER, facts)
        gone = count(
            self._connection, f"SELECT count(*) FROM (SELECT fact FROM {LOST} EXCEPT SELECT fact FROM {AFTER})"
        )
        self._connection.execute(f"DROP TABLE {AFTER}")
        return gone

    def _snapshot(self, name: str, facts: Query | None) -> None:
        if facts is None:
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (fact VARCHAR[])")
            return
        values = ", ".join(same(f"f.{quoted(head)}", kind) for head, kind in facts.columns)
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT [{values}] AS fact FROM ({facts.sql}) AS f"
        )

    def touched(self, relation: Relation) -> str:
        """The table that keeps the keys of the rows that users wrote, and where they lie."""
        name = f'"touched {relation.stored}"'
        if relation.stored not in self._kept:
            self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} (key VARCHAR, place BIGINT)")
            self._kept.add(relation.stored)
        return name

    def watch(self, relation: Relation, columns: Sequence[str] | None = None) -> bool:
        """Remember users' rows of a table before an operator changes it, or only these columns of them."""
        key = key_text(relation, "r.")
        if relation.stored not in self._kept or key is None:
            return False
        kept = "r.*" if columns is None else ", ".join(f"r.{quoted(column)}" for column in columns)
        found, wanted = _findable(relation, "key")
        self._connection.execute(
            f'CREATE OR REPLACE TEMP TABLE {ROWS} AS SELECT {key} AS " key", {kept} FROM {relation.source} AS r '
            f"WHERE {found} IN (SELECT {wanted} FROM {self.touched(relation)})"
        )
        return True

    def compare(self, relation: Relation, columns: Sequence[str]) -> None:
        """Note the rows in which a value that stood there is another now; filling an empty one overwrites nothing."""
        found, wanted = _findable(relation, 'b." key"')
        tests = " OR ".join(f"(b.{c} IS NOT NULL AND b.{c} IS DISTINCT FROM r.{c})" for c in map(quoted, columns))
        self._connection.execute(
            f"INSERT INTO {OVERWRITTEN} SELECT '{relation.stored}', b.\" key\" FROM {ROWS} AS b "
            f"JOIN {relation.source} AS r ON {found} = {wanted} WHERE {tests}"
        )

    def gone(self, relation: Relation, *, counts: bool, there: bool = True) -> None:
        """Users' rows that are no longer there: lost, where no `facts` say what must not be."""
        key = key_text(relation, "r.")
        if counts and key is not None:
            left = f'WHERE b." key" NOT IN (SELECT {key} FROM {relation.source} AS r)' if there else ""
            self._connection.execute(
                f"INSERT INTO {LOST} SELECT DISTINCT ['{relation.stored}', b.\" key\"] FROM {ROWS} AS b {left}"
            )

    def overwritten(self) -> int:
        """How many of users' rows an operator's statements changed."""
        return count(self._connection, f"SELECT count(*) FROM (SELECT DISTINCT * FROM {OVERWRITTEN})")


def _findable(relation: Relation, text: str) -> tuple[str, str]:
    """The key of a row `r`, and a key kept as text, as two values to compare: whole numbers need not become text."""
    keys = relation.keys()
    if len(keys) == 1 and keys[0].type.name in WHOLE:
        return f"r.{quoted(keys[0].stored)}", f"TRY_CAST({text} AS BIGINT)"
    return key_text(relation, "r.") or "NULL", text
