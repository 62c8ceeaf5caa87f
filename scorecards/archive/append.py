"""Hands columns of many rows to DuckDB at once: numbers as arrays, words as codes beside one long text.

DuckDB looks at every Python object by itself, some microseconds each; arrays and one text cost next to nothing.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection

from scorecards.findings import Axis

LISTED = "\x1e"
"""Between the items of a list that is handed over as a word."""
NONE = -1
"""What stands for no number, in columns that have none below zero."""

Columns = dict[str, list[Any]]
_HANDED, _BREAK = "batch", "\x1f"
_MAY_LACK = (
    "resolved_at_ms",
    "ended_at_ms",
    "requests",
    "failed",
    "harmed",
    "rows_lost",
    "rows_wrong",
    "rows_overwritten",
)
_WHOLE = (
    "run", "seq", "at_ms", "seed", "format", "entries", "looks", "refused", "value", "is_right", *_MAY_LACK,
)  # fmt: skip
_NUMBERS: Mapping[str, type] = {
    **dict.fromkeys(_WHOLE, np.int64),
    **dict.fromkeys(("score", "hints", "shares", "earned", "possible"), np.float64),
    **dict.fromkeys(("look", "passed"), np.bool_),
}
_READ = {
    "played_at": "TRY_CAST(nullif(played_at, '') AS TIMESTAMP)",
    "choice": f"string_split(choice, '{LISTED}')",
    "evidence": f"CAST(CASE WHEN evidence = '' THEN [] ELSE string_split(evidence, '{LISTED}') END AS INTEGER[])",
    "is_right": f"CAST(nullif(is_right, {NONE}) AS BOOLEAN)",
    **{name: f"nullif({name}, '')" for name in ("trainee", "arguments", "name")},
    **{name: f"nullif({name}, {NONE})" for name in _MAY_LACK},
    **{axis.value: f"if(isnan({axis.value}), NULL, {axis.value})" for axis in Axis},
}


def append(connection: DuckDBPyConnection, table: str, columns: Columns) -> None:
    """Append rows to a table, in the transaction that is open."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    sources, joins = [], []
    bound: dict[str, str | list[str]] = {}
    scores = {axis.value for axis in Axis} if table == "cards" else set()
    kinds = {**_NUMBERS, "decisions": np.int64, **dict.fromkeys(scores, np.float64)}
    for place, (name, cells) in enumerate(columns.items()):
        if kind := kinds.get(name):
            arrays[f"c{place}"] = np.array(cells, kind)
            sources.append(f"handed.c{place} AS {name}")
        else:
            arrays[f"c{place}"], words = _coded(cells)
            bound[f"w{place}"], listed = _listed(f"$w{place}", words)
            joins.append(f"JOIN ({listed}) AS w{place} ON w{place}.code = handed.c{place}")
            sources.append(f"w{place}.word AS {name}")
    values = ", ".join(name if name == "decisions" and not scores else _READ.get(name, name) for name in columns)
    connection.register(_HANDED, arrays)
    try:
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {values} FROM (SELECT {', '.join(sources)} FROM {_HANDED} AS handed {' '.join(joins)})",
            bound,
        )
    finally:
        connection.unregister(_HANDED)


def _coded(cells: list[str]) -> "tuple[np.ndarray[Any, Any], list[str]]":
    """Each word once, and which word stands where."""
    codes: dict[str, int] = {}
    numbers = [codes.setdefault(word, len(codes)) for word in cells]
    return np.array(numbers, np.int64), list(codes)


def _listed(name: str, words: list[str]) -> tuple[str | list[str], str]:
    """What is bound to a name, and the query that numbers its words."""
    text = _BREAK.join(words)
    whole = text.count(_BREAK) == len(words) - 1
    source = f"string_split({name}, '{_BREAK}')" if whole else f"CAST({name} AS VARCHAR[])"
    return text if whole else words, f"SELECT unnest({source}) AS word, unnest(range({len(words)})) AS code"
