"""Runs as columns: what a batch adds to each table, handed to DuckDB at once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import repeat
from math import nan
from typing import Any

from duckdb import DuckDBPyConnection

from scorecards.archive.append import LISTED, NONE, Columns, append
from scorecards.archive.decode import Counted, KeptCard, KeptFinding, Line, Sealed
from scorecards.findings import Axis

ANSWERED = "QuestionAnswered"
Right = Mapping[str, frozenset[str]]
"""The right choices, by question."""


class Batch:
    """Rows of some runs for every table."""

    def __init__(self) -> None:
        self.tables: dict[str, Columns] = {}
        self.runs = 0

    def add(self, number: int, journal: str, sealed: Sealed, right: Callable[[str], Right]) -> None:
        """A run under its number; `right` knows the right choices to a scenario's questions."""
        self.runs += 1
        lines, counted = sealed.lines, sealed.tail.result
        self._put("runs", [_run_row(number, journal, sealed)])
        entries = self._columns("entries", ("run", "seq", "at_ms", "fact", "name", "look", "arguments"))
        entries["run"].extend(repeat(number, len(lines)))
        entries["seq"].extend(range(len(lines)))
        entries["at_ms"].extend([line.at_ms for line in lines])
        entries["fact"].extend([line.fact for line in lines])
        entries["name"].extend([line.name for line in lines])
        entries["look"].extend([line.look for line in lines])
        entries["arguments"].extend([bytes(line.arguments).decode() for line in lines])
        if counted is not None:
            self._put("counts", _counts(number, counted))
        if any(line.fact == ANSWERED for line in lines):
            self._put("answers", _answers(number, lines, right(sealed.head.scenario)))

    def add_card(self, number: int, card: KeptCard) -> None:
        """What a run was judged."""
        axes = {axis.value: card.axes[axis.value].score for axis in Axis if axis.value in card.axes}
        scores = {axis.value: axes.get(axis.value, nan) for axis in Axis}
        fixed = {"run": number, "score": card.score, "passed": card.passed, "hints": card.hints}
        shares = sum(one.earned / one.possible for one in card.findings if one.possible)
        self._put("cards", [{**fixed, "shares": shares, **scores}])
        self._put("findings", [_finding(number, one) for one in card.findings])

    def write(self, connection: DuckDBPyConnection) -> None:
        """Append everything, in the transaction that is open."""
        for table, columns in self.tables.items():
            append(connection, table, columns)

    def _columns(self, table: str, names: Iterable[str]) -> Columns:
        return self.tables.setdefault(table, {name: [] for name in names})

    def _put(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            for name, cells in self._columns(table, row).items():
                cells.append(row[name])


def _run_row(number: int, journal: str, sealed: Sealed) -> dict[str, Any]:
    head, lines, tail = sealed.head, sealed.lines, sealed.tail
    counted = tail.result
    requests, data = (counted.requests, counted.data) if counted else ({}, {})
    resolved = counted.resolved_at_ms if counted else None
    return {
        "run": number, "seal": tail.seal, "digest": tail.digest, "journal": journal, "trainee": head.trainee,
        "played_at": _moment(head.played_at), "scenario": head.scenario, "scenario_digest": head.scenario_digest,
        "seed": head.seed, "engine": head.engine, "format": head.journal, "outcome": tail.outcome,
        "resolved_at_ms": NONE if resolved is None else resolved,
        "ended_at_ms": counted.ended_at_ms if counted else NONE, "entries": len(lines),
        "decisions": sum(line.fact == "Asked" and not line.look for line in lines),
        "looks": sum(line.fact == "Looked" for line in lines), "refused": sum(line.fact == "Refused" for line in lines),
        "requests": requests.get("total", NONE), "failed": requests.get("failed", NONE),
        "harmed": requests.get("harmed", NONE),
        **{name: data.get(name, NONE) for name in ("rows_lost", "rows_wrong", "rows_overwritten")},
    }  # fmt: skip


def _moment(text: str) -> str:
    """When it was played, in UTC, as DuckDB reads it; nothing if the text is no moment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat(" ")


def _counts(number: int, counted: Counted) -> Iterable[dict[str, Any]]:
    for block, groups in (("endpoint", counted.endpoints), ("job", counted.jobs)):
        for name, measures in groups.items():
            for measure, value in measures.items():
                if isinstance(value, dict):
                    yield from (_count(number, "error", f"{name}: {error}", measure, n) for error, n in value.items())
                else:
                    yield _count(number, block, name, measure, value)
    yield from (_count(number, "data", name, "rows", value) for name, value in counted.data.items())
    yield from (_count(number, "wrong", name, "rows", value) for name, value in counted.wrong.items())


def _count(number: int, block: str, name: str, measure: str, value: int) -> dict[str, Any]:
    return {"run": number, "block": block, "name": name, "measure": measure, "value": value}


def _answers(number: int, lines: list[Line], right: Right) -> Iterable[dict[str, Any]]:
    for seq, line in enumerate(lines):
        if line.fact == ANSWERED:
            wanted = right.get(line.question)
            fits = NONE if wanted is None else int(frozenset(line.choice) == wanted)
            yield {
                "run": number, "seq": seq, "at_ms": line.at_ms, "question": line.question,
                "choice": LISTED.join(one.replace(LISTED, "") for one in line.choice), "is_right": fits,
            }  # fmt: skip


def _finding(number: int, one: KeptFinding) -> dict[str, Any]:
    return {
        "run": number, "criterion": one.criterion, "axis": one.axis, "earned": one.earned, "possible": one.possible,
        "why": one.why, "evidence": LISTED.join(map(str, one.evidence)),
    }  # fmt: skip
