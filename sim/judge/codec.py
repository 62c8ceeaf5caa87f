"""Answers as JSON and back: short vectors, readable words beside them."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sim.judge.values import Column, Refusal, RowCheck, SeedRows, StatementVerdict, TableShape, Trial

Json = Any


def _packed(data: bytes) -> str:
    return b64encode(zlib.compress(data, 9)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(b64decode(text))


def trial_to_json(trial: Trial) -> Json:
    """Counts in words for the reader, vectors for us."""
    return {
        "size": len(trial.stops),
        "passes": trial.stops.count(0),
        "stops": [
            {
                "line": line,
                "sqlstate": state,
                "message": trial.messages[line, state],
                "prototypes": trial.stops.count(k),
            }
            for k, (line, state) in enumerate(trial.codes, start=1)
        ],
        "stops at": _packed(trial.stops),
        "guards": {line: {"true": sum(found), "for": _packed(found)} for line, found in sorted(trial.guards.items())},
        "values": {
            name: {"distinct": list(distinct), "index": _packed(_little(index))}
            for name, (distinct, index) in sorted(trial.values.items())
        },
    }


def trial_from_json(data: Json) -> Trial:
    """The same trial again."""
    stops = data["stops"]
    return Trial(
        stops=_unpacked(data["stops at"]),
        codes=tuple((stop["line"], stop["sqlstate"]) for stop in stops),
        messages={(stop["line"], stop["sqlstate"]): stop["message"] for stop in stops},
        guards={line: _unpacked(found["for"]) for line, found in data["guards"].items()},
        values={
            name: (tuple(value["distinct"]), _from_little(_unpacked(value["index"])))
            for name, value in data["values"].items()
        },
    )


def _little(index: tuple[int, ...]) -> bytes:
    return b"".join(number.to_bytes(3, "little") for number in index)


def _from_little(data: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(data[at : at + 3], "little") for at in range(0, len(data), 3))


def verdict_to_json(verdict: StatementVerdict) -> Json:
    """Only what is not empty."""
    told = {
        "sqlstate": verdict.sqlstate, "message": verdict.message, "locks": [list(lock) for lock in verdict.locks],
        "rewrites": list(verdict.rewrites), "scans": list(verdict.scans), "builds index": list(verdict.builds_index),
    }  # fmt: skip
    return {"tag": verdict.tag, **{name: value for name, value in told.items() if value}}


def verdict_from_json(statement: str, data: Json) -> StatementVerdict:
    """The verdict on this statement; its text stands in the question."""
    return StatementVerdict(
        statement, data["tag"], data.get("sqlstate"), data.get("message", ""),
        tuple((table, mode) for table, mode in data.get("locks", ())), tuple(data.get("rewrites", ())),
        tuple(data.get("scans", ())), tuple(data.get("builds index", ())),
    )  # fmt: skip


def checks_to_json(checks: tuple[RowCheck, ...]) -> Json:
    return [asdict(check) for check in checks]


def checks_from_json(data: Json) -> tuple[RowCheck, ...]:
    return tuple(RowCheck(**one) for one in data)


def shapes_to_json(shapes: tuple[TableShape, ...]) -> Json:
    return [
        {
            "name": shape.name, "kind": shape.kind,
            "columns": [[one.name, one.type, one.nullable, one.default, one.generated] for one in shape.columns],
            "constraints": [list(one) for one in shape.constraints], "indexes": [list(one) for one in shape.indexes],
        }
        for shape in shapes
    ]  # fmt: skip


def shapes_from_json(data: Json) -> tuple[TableShape, ...]:
    return tuple(
        TableShape(
            one["name"], one["kind"], tuple(Column(*column) for column in one["columns"]),
            tuple((name, text, valid) for name, text, valid in one["constraints"]),
            tuple((name, text, valid) for name, text, valid in one["indexes"]),
        )
        for one in data
    )  # fmt: skip


def rows_to_json(answer: Mapping[str, SeedRows] | Refusal) -> Json:
    if isinstance(answer, Refusal):
        return {"sqlstate": answer.sqlstate, "message": answer.message}
    return {
        "tables": {table: [list(rows.columns), [list(row) for row in rows.values]] for table, rows in answer.items()}
    }


def rows_from_json(data: Json) -> Mapping[str, SeedRows] | Refusal:
    if "sqlstate" in data:
        return Refusal(data["sqlstate"], data["message"])
    return {
        table: SeedRows(tuple(columns), tuple(tuple(row) for row in rows))
        for table, (columns, rows) in data["tables"].items()
    }
