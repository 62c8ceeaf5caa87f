"""The client of the tables: what the engine asks of them, and a process of its own that can be killed at any time.

Every request that changed something is kept, so that a child that had to be killed is replaced by one that has done the
same. A run that never asks about rows never starts one.
"""

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np

from sim.errors import NotModelled
from sim.tables.batch import Batch
from sim.tables.child import ChildLateError, ChildLostError, Fork
from sim.tables.comparing import same_rows
from sim.tables.filled import CHANGE_SECONDS, Filled
from sim.tables.seeds import Seed
from sim.tables.wire import Message, coded

QUESTION_SECONDS = 5.0
LONGEST_QUESTION = 4096
MOST_ROWS = 200
MOST_LETTERS = 1000


class Rows(Protocol):
    """Rows as text, whoever keeps them."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Their columns."""

    @property
    def values(self) -> tuple[tuple[str | None, ...], ...]:
        """Their values, None for NULL."""


Check = Callable[[str, Mapping[str, Seed]], Mapping[str, Rows]]


@dataclass(frozen=True)
class Listing:
    """The rows of a question as text; `more` says that there were others."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    more: bool


@dataclass(frozen=True)
class Shown:
    """A relation that is no table: its columns with their PostgreSQL types, and its rows as text."""

    kinds: Mapping[str, str]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Foreseen:
    """What a statement would write to: its table, the columns it may change, and an answer to each question.

    A text in place of rows says why the tables cannot tell.
    """

    table: str
    columns: tuple[str, ...]
    adds: bool
    takes: bool
    answers: tuple[Seed | str, ...]


@dataclass(frozen=True)
class Harm:
    """What became of rows: facts that operators destroyed, users' rows they changed, and wrong rows by kind.

    `dropped` counts values that went with their columns, whether or not they could be computed again.
    """

    lost: int = 0
    overwritten: int = 0
    dropped: int = 0
    wrong: Mapping[str, int] = field(default_factory=dict)

    def totals(self) -> dict[str, int]:
        """The three sums, and dropped values where there are any; a row that is wrong in two ways counts twice."""
        return {
            "rows_lost": self.lost, "rows_wrong": sum(self.wrong.values()), "rows_overwritten": self.overwritten,
            **({"values_dropped": self.dropped} if self.dropped else {}),
        }  # fmt: skip

    def named(self) -> dict[str, int]:
        """The wrong rows of every kind that has a name."""
        return {name: count for name, count in self.wrong.items() if name}


class Tables:
    """The tables of one run, which begin as a copy of filled ones.

    A change that takes longer than `patience_s` is given up, and the tables are as they were.
    """

    def __init__(self, filled: Filled, patience_s: float = CHANGE_SECONDS) -> None:
        self._filled, self._patience_s = filled, patience_s
        self._child: Fork | None = None
        self._done: list[Message] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def started(self) -> bool:
        """Whether anything was ever asked."""
        return self._child is not None

    @property
    def child_pid(self) -> int | None:
        """The process that holds the rows now."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """End the child; asking again starts another, in the same state."""
        if self._child is not None:
            self._child.close()
        self._child = None

    def build(self) -> None:
        """Fill every table now rather than at the first question."""
        self._ready()

    # changing

    def run(self, statement: str, at_ms: int, *, check: Check | None = None, by_hand: bool = True) -> int:
        """Carry out an operator's statement that PostgreSQL accepted; gives the rows it changed.

        `check` runs a statement on witness rows in PostgreSQL: where it leaves other rows than DuckDB, nothing is
        changed and the statement is not modelled.
        """
        if check is not None:
            self._compare(statement, at_ms, check)
        fields = {"ask": "run", "sql": statement, "at_ms": at_ms, "by_hand": by_hand}
        return int(self._change(Message(fields))["rows"])

    def append(self, statements: Sequence[str], batch: Batch) -> list[int]:
        """Carry out the statements of requests that succeeded, in the order of the batch; `$name` is an attribute."""
        if not len(batch):
            return [0] * len(statements)
        blobs: list[bytes] = []
        used = {name: column for name, column in batch.columns.items() if any(f"${name}" in sql for sql in statements)}
        fields = {"ask": "append", "statements": list(statements), "columns": coded(used, blobs)}
        return [
            int(rows)
            for rows in self._change(Message(fields, (*blobs, batch.at_ms.astype(np.int64).tobytes())))["rows"]
        ]

    def keep(self, copy: str, fewer: Mapping[str, int], points: Sequence[tuple[str, str, str]]) -> None:
        """Put a copy of every table aside: less the newest rows of some, and rows whose column points at those."""
        self._change(Message({"ask": "keep", "copy": copy, "fewer": dict(fewer), "points": list(points)}))

    def put_back(self, copy: str, tables: Sequence[str], at_ms: int) -> int:
        """Let a copy take the place of these tables, or of everything; gives the rows that are there then."""
        fields = {"ask": "put_back", "copy": copy, "tables": list(tables), "at_ms": at_ms}
        return int(self._change(Message(fields))["rows"])

    def bring(self, copy: str, beside: Mapping[str, str]) -> int:
        """Pour tables of a copy into others that stand beside: name in the copy → name beside."""
        return int(self._change(Message({"ask": "bring", "copy": copy, "beside": dict(beside)}))["rows"])

    # asking

    def rows(
        self,
        sql: str,
        at_ms: int,
        *,
        limit: int = MOST_ROWS,
        seconds: float = QUESTION_SECONDS,
        shown: Mapping[str, Shown] | None = None,
    ) -> Listing:
        """Answer somebody's SELECT: one statement, in time, cut to a size that can be read.

        `shown` are relations that are no tables, such as `information_schema.columns`.
        """
        if len(sql.encode(errors="replace")) > LONGEST_QUESTION:
            raise NotModelled(f"a query of more than {LONGEST_QUESTION} bytes is not answered")
        limit = min(limit, MOST_ROWS)
        extra = {name: (dict(given.kinds), given.rows) for name, given in (shown or {}).items()}
        fields = {"ask": "rows", "sql": sql, "at_ms": at_ms, "limit": limit + 1, "cell": MOST_LETTERS, "shown": extra}
        said = self._ask(fields, seconds)
        columns, rows = _texts(said)
        return Listing(columns, rows[:limit], len(rows) > limit)

    def count(self, sql: str, at_ms: int) -> int:
        """How many rows a query gives."""
        return int(self._ask({"ask": "count", "sql": sql, "at_ms": at_ms})["rows"])

    def holds(self, sql: str, at_ms: int) -> bool:
        """Whether an invariant is true; where a column that it reads is gone, it is not."""
        return self._ask({"ask": "holds", "sql": sql, "at_ms": at_ms})["holds"] is True

    def witness(self, table: str, finds: str, at_ms: int, *, limit: int = 1) -> Seed | None:
        """Rows of a table that a predicate, or a query giving whole rows, finds; None when there is none."""
        fields = {"ask": "witness", "table": table, "finds": finds, "at_ms": at_ms, "limit": limit}
        columns, rows = _texts(self._ask(fields))
        return Seed(columns, rows) if rows else None

    def foresee(self, statement: str, at_ms: int, asked: Sequence[str] = (), *, limit: int = 1) -> Foreseen:
        """Answer questions about the rows a statement takes, leaves and puts there: `wire` has their names."""
        fields = {"ask": "foresee", "sql": statement, "at_ms": at_ms, "asked": list(asked), "limit": limit}
        said = self._ask(fields, CHANGE_SECONDS) if asked else self._tell(Message(fields), CHANGE_SECONDS)
        reach = {**said["reach"], "columns": tuple(said["reach"]["columns"])}
        return Foreseen(**reach, answers=tuple(one["gap"] or Seed(*_texts(one)) for one in said["answers"]))

    def bits(self, guard: str, batch: Batch, flags: Mapping[str, bool], *, harm: bool = False) -> bytes:
        """For each request, 1 where a guard over attributes, flags and rows is true.

        Of `harm` nothing can be told while a column that the guard reads is not there: it hurts nobody then.
        """
        blobs: list[bytes] = []
        used = {name: column for name, column in batch.columns.items() if name in guard}
        fields = {"ask": "bits", "guard": guard, "flags": dict(flags), "harm": harm, "columns": coded(used, blobs)}
        message = Message(fields, (*blobs, batch.at_ms.astype(np.int64).tobytes()))
        found = bytes.fromhex(self._tell(message, QUESTION_SECONDS)["bits"])
        if len(found) != len(batch):
            raise NotModelled("the tables gave an answer of the wrong length")
        return found

    def harm(self, wrong: Mapping[str, str], at_ms: int) -> Harm:
        """What operators' statements cost, and how many rows each of these queries finds.

        Where a column that a query reads is gone, there is nothing for it to find.
        """
        if not self.started and not wrong:
            return Harm()
        said = self._ask({"ask": "harm", "wrong": dict(wrong), "at_ms": at_ms})
        wrong_now = {name: int(n) for name, n in said["wrong"].items()}
        return Harm(int(said["lost"]), int(said["overwritten"]), int(said["dropped"]), wrong_now)

    def toll(self, statements: Sequence[str], at_ms: int) -> Harm:
        """What an operator's statements would take away and overwrite, if they were carried out now."""
        said = self._ask({"ask": "toll", "statements": list(statements), "at_ms": at_ms}, CHANGE_SECONDS)
        return Harm(int(said["lost"]), int(said["overwritten"]))

    def digest(self, table: str) -> str:
        """An order-free fingerprint of a table."""
        return str(self._ask({"ask": "digest", "table": table})["digest"])

    # within

    def _compare(self, statement: str, at_ms: int, check: Check) -> None:
        said = self._ask({"ask": "rehearse", "sql": statement, "at_ms": at_ms}, CHANGE_SECONDS)
        trials = said["trials"]
        before = {trial["table"]: Seed(tuple(trial["columns"]), _tuples(trial["before"])) for trial in trials}
        after = check(said["sql"], before) if trials else {}
        for trial in trials:
            theirs: Rows = after.get(trial["table"], before[trial["table"]])
            if not same_rows(
                trial["columns"],
                trial["kinds"],
                trial["judged"],
                ours=trial["after"],
                their_columns=theirs.columns,
                theirs=theirs.values,
            ):
                raise NotModelled(
                    f"on rows of {trial['table']} PostgreSQL and the tables disagree about {statement[:200]!r}"
                )

    def _ask(
        self, fields: Mapping[str, Any], seconds: float = QUESTION_SECONDS, blobs: Sequence[bytes] = ()
    ) -> dict[str, Any]:
        """Ask in a fork, which changes nothing; a child that is lost is replaced, and asked once more."""
        return self._tell(Message({**fields, "seconds": seconds}, tuple(blobs)), seconds)

    def _tell(self, message: Message, seconds: float) -> dict[str, Any]:
        """Ask what changes nothing; without `seconds` in the message the child itself answers, and may remember."""
        try:
            return self._ready().ask(message, seconds + 5)
        except ChildLostError:
            self.close()
            return self._ready().ask(message, seconds + 5)

    def _change(self, message: Message, tries: int = 2) -> dict[str, Any]:
        """Change the tables; a child that ended on the way is replaced, and asked once more."""
        try:
            said = self._ready().ask(message, self._patience_s)
        except ChildLostError as problem:
            self.close()
            if tries == 1 or isinstance(problem, ChildLateError):
                raise NotModelled(f"the tables could not carry this out: {problem}") from None
            return self._change(message, tries - 1)
        self._done.append(message)
        return said

    def _ready(self) -> Fork:
        if self._child is not None and self._child.alive:
            return self._child
        self.close()
        try:
            self._child = self._filled.fork()
            weakref.finalize(self, self._child.hang_up)
            for message in self._done:
                self._child.ask(message, CHANGE_SECONDS)
        except ChildLostError as problem:
            self.close()
            raise NotModelled(f"the tables could not be built: {problem}") from None
        except NotModelled:
            self.close()
            raise
        return self._child


def _tuples(rows: Sequence[Sequence[str | None]]) -> tuple[tuple[str | None, ...], ...]:
    return tuple(tuple(row) for row in rows)


def _texts(said: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    return tuple(said["columns"]), _tuples(said["rows"])
