"""Hands coded columns to DuckDB as typed ones."""

from collections.abc import Mapping

import numpy as np
from duckdb import DuckDBPyConnection

from sim.errors import NotModelled
from sim.tables.columns import Column
from sim.tables.jsonb import canonical
from sim.tables.pgtypes import PgType
from sim.tables.reading import quoted, text_of

HANDED = "handed over"
FEW = 200
_BREAK, _NULL = "\x1f", "\x1e"


Bound = str | list[str | None]


def load(connection: DuckDBPyConnection, target: str, columns: Mapping[str, tuple[Column, PgType]]) -> None:
    """Append columns to a table that has exactly these, by DuckDB's name."""
    names = list(columns)
    if names and len(columns[names[0]][0]) <= FEW:
        _load_few(connection, target, columns)
        return
    arrays = {f"n{place}": np.ascontiguousarray(columns[name][0].numbers) for place, name in enumerate(names)}
    selects: list[str] = []
    joins: list[str] = []
    bound: dict[str, Bound] = {}
    for place, name in enumerate(names):
        column, kind = columns[name]
        value, join = _value(place, column, kind, bound)
        selects.append(f"{value} AS {quoted(name)}")
        joins += [join] if join else []
    connection.register(HANDED, arrays)
    try:
        heads = ", ".join(quoted(name) for name in names)
        connection.execute(
            f"INSERT INTO {target} ({heads}) SELECT {', '.join(selects)} FROM {quoted(HANDED)} AS h {' '.join(joins)}",
            bound,
        )
    finally:
        connection.unregister(HANDED)


def _load_few(connection: DuckDBPyConnection, target: str, columns: Mapping[str, tuple[Column, PgType]]) -> None:
    """The same for a handful of rows, written out: planning the joins would take longer than all the rest."""
    cells: list[list[str]] = []
    values = []
    for place, (column, kind) in enumerate(columns.values()):
        numbers = column.numbers.tolist()
        if column.form == "word":
            words = ["NULL" if word is None else text_of(word) for word in (_word(w, kind) for w in column.words)]
            cells.append([words[number] for number in numbers])
            values.append(f"CAST(h.n{place} AS {kind.storage})")
        else:
            cells.append([str(number) for number in numbers])
            values.append(_value(place, column, kind, {})[0])
    if not cells[0]:
        return
    rows = ", ".join(f"({', '.join(row)})" for row in zip(*cells, strict=True))
    names = ", ".join(f"n{place}" for place in range(len(values)))
    heads = ", ".join(map(quoted, columns))
    connection.execute(f"INSERT INTO {target} ({heads}) SELECT {', '.join(values)} FROM (VALUES {rows}) AS h ({names})")


def _value(place: int, column: Column, kind: PgType, bound: dict[str, Bound]) -> tuple[str, str]:
    number, stored = f"h.n{place}", kind.storage
    if column.form == "whole":
        return f"CAST({number} AS {stored})", ""
    if column.form == "decimal":
        unit = f"CAST('{10.0**-column.scale:.{column.scale}f}' AS DECIMAL({column.scale + 1},{column.scale}))"
        exact = f"(CAST({number} AS DECIMAL(18,0)) * {unit})" if column.scale else number
        return f"CAST({exact} AS {stored})", ""
    if column.form == "day":
        return f"CAST((DATE '1970-01-01' + CAST({number} AS INTEGER)) AS {stored})", ""
    if column.form == "second":
        return f"CAST(make_timestamp({number} * 1000000) AS {stored})", ""
    words = [_word(word, kind) for word in column.words]
    listed, bound[f"w{place}"] = _listed(f"$w{place}", words)
    narrow = f"CAST(w AS {PgType(kind.name).storage})" if kind.name == column.kind == "numeric" else "w"
    return (
        f"w{place}.w",
        f"JOIN (SELECT CAST({narrow} AS {stored}) AS w, k FROM ({listed})) AS w{place} ON w{place}.k = {number}",
    )


def _listed(name: str, words: list[str | None]) -> tuple[str, Bound]:
    """The query that numbers words, and what is bound to it: one long text, which DuckDB takes faster than many."""
    count = len(words)
    text = _BREAK.join(_NULL if word is None else word for word in words)
    if not count or text.count(_BREAK) != count - 1 or text.count(_NULL) != words.count(None):
        return f"SELECT unnest(CAST({name} AS VARCHAR[])) AS w, unnest(range({count})) AS k", words
    split = f"SELECT unnest(string_split({name}, '{_BREAK}')) AS w, unnest(range({count})) AS k"
    return (f"SELECT nullif(w, '{_NULL}') AS w, k FROM ({split})" if None in words else split), text


def _word(word: str | None, kind: PgType) -> str | None:
    if word is None or kind.name != "jsonb":
        return word
    document = canonical(word)
    if document is None:
        raise NotModelled(f"{word[:60]!r} is not JSON that jsonb takes")
    return document
