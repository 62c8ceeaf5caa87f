"""Tables that stand beside the real ones: what a backup held, to be read and copied from."""

from collections.abc import Iterable

from sim.engine.constraints import plain
from sim.errors import NotModelled
from sim.judge.values import TableShape


def beside_name(table: str) -> str:
    """What the copy of a table is called."""
    return f"restored_{table}"


def copied_tables(shapes: Iterable[TableShape], tables: Iterable[str]) -> dict[str, str]:
    """The statement that makes the copy of each table: its columns and its primary key, nothing else."""
    known = {plain(shape.name): shape for shape in shapes if shape.kind == "table"}
    if missing := [table for table in tables if table not in known]:
        raise NotModelled(f"the backup holds no table {missing[0]!r}")
    return {table: _created(known[table], beside_name(table)) for table in tables}


def _created(shape: TableShape, name: str) -> str:
    columns = [
        f"{_quoted(column.name)} {column.type}{'' if column.nullable else ' NOT NULL'}" for column in shape.columns
    ]
    keys = [text for _, text, _ in shape.constraints if text.startswith("PRIMARY KEY")]
    return f"CREATE TABLE {_quoted(name)} ({', '.join([*columns, *keys])})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
