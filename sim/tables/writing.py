"""Carries plans out in DuckDB: at once where requests cannot meet, in turns where they do."""

from duckdb import DuckDBPyConnection

from sim.errors import NotModelled
from sim.tables.changes import Clash, Insert, Plan, Update
from sim.tables.reading import key_text, quoted
from sim.tables.schema import Relation

MOST_TURNS = 300
CHANGE = '"pending change"'


def count(connection: DuckDBPyConnection, sql: str) -> int:
    """One whole number; the answer is read to its end, or DuckDB would still be busy with it when it alters a table."""
    rows = connection.execute(sql).fetchall()
    return int(rows[0][0]) if rows and rows[0][0] is not None else 0


def carry_out(connection: DuckDBPyConnection, plan: Plan, *, batch: bool, touched: str | None) -> int:
    """Change the rows; `touched` is the table that keeps the keys of rows that users wrote, if any is kept."""
    connection.execute(f"DROP TABLE IF EXISTS {CHANGE}")
    if batch and isinstance(plan, Update) and plan.turns and not _all_apart(connection, plan):
        return _in_turns(connection, plan, touched)
    rows = plan.changes if isinstance(plan, Update) else plan.rows
    connection.execute(f"CREATE TEMP TABLE {CHANGE} AS {rows}")
    try:
        if isinstance(plan, Insert):
            return _insert(connection, plan, batch, touched)
        if isinstance(plan, Update):
            return _update(connection, plan, batch, touched)
        connection.execute(f'DELETE FROM {plan.table.source} WHERE rowid IN (SELECT " row" FROM {CHANGE})')
        return count(connection, f"SELECT count(*) FROM {CHANGE}")
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {CHANGE}")


def _note(
    connection: DuckDBPyConnection, touched: str | None, relation: Relation, origin: str, mark: str, place: str = ""
) -> None:
    """Remember rows that users wrote by key and by place, which new rows have once they are committed."""
    key = key_text(relation, mark)
    if touched is not None and key is not None:
        connection.execute(f"INSERT INTO {touched} SELECT {key}, {place or mark + 'rowid'} {origin}")


def _insert(connection: DuckDBPyConnection, plan: Insert, batch: bool, touched: str | None) -> int:
    heads = ", ".join(quoted(known.stored) for known in plan.table.fields)
    if plan.clash is not None:
        return _insert_or(connection, plan, plan.clash, batch, touched)
    order = ' ORDER BY " order"' if batch else ""
    connection.execute(f"INSERT INTO {plan.table.source} ({heads}) SELECT {heads} FROM {CHANGE}{order}")
    _note(connection, touched, plan.table, f"FROM {CHANGE}", "", place="NULL")
    return count(connection, f"SELECT count(*) FROM {CHANGE}")


def _insert_or(connection: DuckDBPyConnection, plan: Insert, clash: Clash, batch: bool, touched: str | None) -> int:
    """ON CONFLICT: the n-th row of each key meets what the rows before it left."""
    heads = ", ".join(quoted(known.stored) for known in plan.table.fields)
    keys, order = ", ".join(map(quoted, clash.keys)), '" order"' if batch else "1"
    turn = f"row_number() OVER (PARTITION BY {keys} ORDER BY {order})"
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "pending turns" AS SELECT *, {turn} AS " turn" FROM {CHANGE}')
    last, done = count(connection, 'SELECT max(" turn") FROM "pending turns"'), 0
    if last > 1 and clash.sets and not batch:
        raise NotModelled("ON CONFLICT DO UPDATE that meets one row twice is refused by PostgreSQL")
    _limit(last)
    same = " AND ".join(f'"there".{quoted(key)} = "incoming".{quoted(key)}' for key in clash.keys)
    for now in range(1, last + 1):
        incoming = f'(SELECT * FROM "pending turns" WHERE " turn" = {now}) AS "incoming"'
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE "pending fresh" AS SELECT {heads} FROM {incoming} '
            f'WHERE NOT EXISTS (SELECT 1 FROM {plan.table.source} AS "there" WHERE {same})'
        )
        if clash.sets:
            sets = ", ".join(f"{quoted(column)} = {value}" for column, value in clash.sets)
            met = f"FROM {incoming} WHERE {same} AND ({clash.where})"
            done += count(connection, f'SELECT count(*) FROM {plan.table.source} AS "there", {met[5:]}')
            _note(connection, touched, plan.table, f'FROM {plan.table.source} AS "there", {met[5:]}', '"there".')
            connection.execute(f'UPDATE {plan.table.source} AS "there" SET {sets} {met}')
        connection.execute(f'INSERT INTO {plan.table.source} ({heads}) SELECT {heads} FROM "pending fresh"')
        _note(connection, touched, plan.table, 'FROM "pending fresh"', "", place="NULL")
        done += count(connection, 'SELECT count(*) FROM "pending fresh"')
    return done


def _limit(turns: int) -> None:
    if turns > MOST_TURNS:
        raise NotModelled(f"more than {MOST_TURNS} requests of one batch change the same row one after another")


def _update(connection: DuckDBPyConnection, plan: Update, batch: bool, touched: str | None) -> int:
    if not batch:
        rows = count(connection, f"SELECT count(*) FROM {CHANGE}")
        if rows != count(connection, f'SELECT count(DISTINCT " row") FROM {CHANGE}'):
            raise NotModelled("an UPDATE … FROM that finds several values for one row takes any of them")
        return _apply(connection, plan, CHANGE, touched)
    latest = 'QUALIFY row_number() OVER (PARTITION BY " row" ORDER BY " order" DESC) = 1'
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {CHANGE} AS SELECT * FROM {CHANGE} {latest}")
    return _apply(connection, plan, CHANGE, touched)


def _all_apart(connection: DuckDBPyConnection, plan: Update) -> bool:
    """Whether no two requests of a batch can meet, so that nobody has to take turns."""
    return not count(connection, f'SELECT count(*) - count(DISTINCT {plan.group}) FROM "request"')


def _in_turns(connection: DuckDBPyConnection, plan: Update, touched: str | None) -> int:
    """Each turn sees what the turn before it left, so the changes are found anew; `request` shrinks to the turn."""
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE "all requests" AS SELECT *, '
        f'row_number() OVER (PARTITION BY {plan.group} ORDER BY " order") AS " turn" FROM "request"'
    )
    all_of_them = 'CREATE OR REPLACE TEMP TABLE "request" AS SELECT * EXCLUDE (" turn") FROM "all requests"'
    last, done = count(connection, 'SELECT max(" turn") FROM "all requests"'), 0
    _limit(last)
    try:
        for now in range(1, last + 1):
            connection.execute(f'{all_of_them} WHERE " turn" = {now}')
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {CHANGE} AS {plan.changes}")
            done += _apply(connection, plan, CHANGE, touched)
    finally:
        connection.execute(all_of_them)
        connection.execute(f"DROP TABLE IF EXISTS {CHANGE}")
    return done


def _apply(connection: DuckDBPyConnection, plan: Update, changes: str, touched: str | None) -> int:
    sets = ", ".join(f'{quoted(column)} = "new".{quoted(column)}' for column in plan.columns)
    source = plan.table.source
    connection.execute(f'UPDATE {source} SET {sets} FROM {changes} AS "new" WHERE {source}.rowid = "new"." row"')
    if touched is not None and plan.keyed:
        connection.execute(f'INSERT INTO {touched} SELECT " key", " row" FROM {changes} AS "c"')
    else:
        of_them = f'FROM {source} WHERE rowid IN (SELECT " row" FROM {changes} AS "c")'
        _note(connection, touched, plan.table, of_them, "")
    return count(connection, f'SELECT count(*) FROM {changes} AS "c"')
