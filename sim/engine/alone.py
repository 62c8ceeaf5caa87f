"""Whether some tables alone may go back to what they held: rows of the others point at them, and they at others'."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.engine.constraints import foreign_keys, plain
from sim.engine.integrity import integrity
from sim.errors import NotModelled
from sim.judge.values import Lineage, Refusal, TableShape
from sim.tables.wire import kept_name

if TYPE_CHECKING:
    from sim.engine.engine import Engine


def refusal_alone(engine: "Engine", then: Lineage, tables: tuple[str, ...], copy: str) -> Refusal | None:
    """PostgreSQL's no, asked of the rows that would vanish, come back or point elsewhere; None when it lets them."""
    were, are = _shapes(engine, then), _shapes(engine, engine.lineage)
    for table in tables:
        if were.get(table) != are[table]:
            raise NotModelled(f"{table} has another schema than in the backup: restore everything, or beside")
        for statement in _comes_to(are[table], copy):
            refusal = integrity(
                engine.judge, engine.rows.tables(), engine.lineage, statement, engine.now_ms, besides=frozenset(tables)
            )
            if refusal is not None:
                return refusal
    return None


def _shapes(engine: "Engine", lineage: Lineage) -> dict[str, TableShape]:
    return {plain(shape.name): shape for shape in engine.judge.shapes(lineage) if shape.kind == "table"}


def _comes_to(shape: TableShape, copy: str) -> Iterator[str]:
    """What putting a table back comes to, said as statements that the tables and PostgreSQL can be asked about."""
    keys = [text for _, text, _ in shape.constraints if text.startswith("PRIMARY KEY")]
    if not keys:
        raise NotModelled(f"putting back {shape.name} alone is not modelled: it has no primary key")
    columns = keys[0].removeprefix("PRIMARY KEY (").partition(")")[0].split(", ")
    aside = '"' + kept_name(copy, plain(shape.name)).replace('"', '""') + '"'
    same = " AND ".join(f"r.{column} = {shape.name}.{column}" for column in columns)
    yield f"DELETE FROM {shape.name} WHERE NOT EXISTS (SELECT 1 FROM {aside} AS r WHERE {same})"
    pointing = [column for key in foreign_keys(shape) for column in key.columns]
    if not pointing:
        return
    heads = ", ".join(_quoted(column.name) for column in shape.columns)
    there = " AND ".join(f"t.{column} = r.{column}" for column in columns)
    rows = f"SELECT {', '.join(f'r.{_quoted(column.name)}' for column in shape.columns)} FROM {aside} AS r"
    yield (
        f"INSERT INTO {shape.name} ({heads}) {rows} WHERE NOT EXISTS (SELECT 1 FROM {shape.name} AS t WHERE {there})"
    )
    sets = ", ".join(f"{_quoted(column)} = r.{_quoted(column)}" for column in dict.fromkeys(pointing))
    yield f"UPDATE {shape.name} SET {sets} FROM {aside} AS r WHERE {same}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
