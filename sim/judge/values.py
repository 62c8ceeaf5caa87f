"""What the judge is asked and what it answers: frozen values, read without a server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import blake2b
from json import dumps

from sim.errors import ExitCode, NotModelled, RehearsalError
from sim.judge.split import canonical, names, parameters, split

FORMAT = 1  # raised when the same question may get another answer from us


def fingerprint(*parts: object) -> str:
    """A short name for a question, the same on every machine."""
    text = dumps(parts, separators=(",", ":"), ensure_ascii=False, default=list)
    return blake2b(text.encode(), digest_size=15).hexdigest()


@dataclass(frozen=True)
class SeedRows:
    """Rows as text, the way COPY reads them; None is NULL."""

    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Base:
    """The database before anything happened: its DDL, and a few real rows for each table."""

    statements: tuple[str, ...]
    rows: Mapping[str, SeedRows] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        rows = [(table, seed.columns, seed.values) for table, seed in sorted(self.rows.items())]
        return fingerprint("base", FORMAT, [canonical(statement) for statement in self.statements], rows)


@dataclass(frozen=True)
class RowCheck:
    """A question a statement asks of the rows that are there: the rows of `table` where `where` would refuse it.

    `where` is a PostgreSQL predicate; it names columns of `table`, qualified where a subquery needs it.
    `excuses` deletes rows elsewhere on whose account a violating row would pass: the parents of an orphan.
    """

    table: str
    where: str
    kind: str
    order: str = ""
    needs: int = 1
    excuses: str = ""

    @property
    def finds(self) -> str:
        """The query whose rows, if there are any, are the witnesses."""
        order = f" ORDER BY {self.order}" if self.order else ""
        return f"SELECT {self.table}.* FROM {self.table} WHERE {self.where}{order} LIMIT {self.needs}"


class Undecided(Enum):
    """The tables cannot say; PostgreSQL decides on the seed rows."""

    SEED_ROWS = "seed rows decide"


Found = SeedRows | None | Undecided
Find = Callable[[tuple[str, ...], RowCheck], Found]
"""Called before a statement with this script's statements that have run, and a check: the rows it finds."""

Bit = tuple[RowCheck, bool | None]


def bits(found: Sequence[tuple[RowCheck, Found]]) -> tuple[Bit, ...]:
    """What is remembered of the rows: found, not found, or nobody knows."""
    answers = ((check, rows) for check, rows in found)
    return tuple(
        (check, None if not isinstance(rows, SeedRows | None) else rows is not None) for check, rows in answers
    )


def nothing_found(ran: tuple[str, ...], check: RowCheck) -> Found:  # noqa: ARG001
    """No row violates anything."""
    return None


def seed_rows_decide(ran: tuple[str, ...], check: RowCheck) -> Found:  # noqa: ARG001
    """Nobody knows more than the seed rows."""
    return Undecided.SEED_ROWS


@dataclass(frozen=True)
class Ran:
    """A statement that was accepted, and what its checks had found."""

    statement: str
    bits: tuple[Bit, ...] = ()

    @cached_property
    def text(self) -> tuple[object, ...]:
        return (canonical(self.statement), [(check.table, check.where, bit) for check, bit in self.bits])


@dataclass(frozen=True)
class Applied:
    """What ran together: one statement, or one transaction. `invalid`: a failed build has left its index."""

    ran: tuple[Ran, ...]
    invalid: bool = False

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(one.statement for one in self.ran)


@dataclass(frozen=True)
class Lineage:
    """A schema as its history: the base, and everything that was applied to it since."""

    base: Base
    applied: tuple[Applied, ...] = ()

    def then(self, *ran: Ran, invalid: bool = False) -> "Lineage":
        """The lineage after one more statement or transaction."""
        return Lineage(self.base, (*self.applied, Applied(ran, invalid)))

    @cached_property
    def parent(self) -> "Lineage":
        return Lineage(self.base, self.applied[:-1])

    @cached_property
    def key(self) -> str:
        if not self.applied:
            return self.base.key
        last = self.applied[-1]
        return fingerprint("then", self.parent.key, [one.text for one in last.ran], last.invalid)


REQUEST = "request"


@dataclass(frozen=True)
class Line:
    """One step of a request, flags and SDK calls already resolved.

    The guard belongs to `raises` or `harms` where there is one; otherwise it decides whether the line happens at all.
    Within a line: guard, then sets, then sql. `over_rows` marks a guard that reads tables, which the tables answer.
    """

    name: str
    guard: str | None = None
    raises: str | None = None
    harms: str | None = None
    sets: tuple[tuple[str, str], ...] = ()
    sql: str | None = None
    commit: bool = False
    over_rows: bool = False

    @property
    def gates(self) -> bool:
        """Whether a false guard leaves the line out."""
        return self.guard is not None and self.raises is None and self.harms is None

    @property
    def text(self) -> dict[str, object]:
        """What PostgreSQL's answer depends on, in canonical words: the name of an exception is not part of it."""
        told = {
            "step": self.name,
            "when": canonical(self.guard) if self.guard is not None and not self.over_rows else None,
            "gates": self.gates or None,
            "set": [[name, canonical(sql)] for name, sql in self.sets] or None,
            "sql": canonical(self.sql) if self.sql is not None else None,
            "commit": self.commit or None,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class Program:
    """What a request does, in order; `derived` attributes are computed before the first line, as line 'request'."""

    lines: tuple[Line, ...]
    flags: Mapping[str, bool] = field(default_factory=dict)
    derived: tuple[tuple[str, str], ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that a parameter, a guard or a value can mean."""
        seen: set[str] = set()
        for line in self.lines:
            guard = line.guard if not line.over_rows else None
            seen |= set(parameters(line.sql or "")[1]) | names(guard or "")
        for _, sql in (*self.derived, *(pair for line in self.lines for pair in line.sets)):
            seen |= names(sql)
        return frozenset(seen)

    def mentions(self, name: str) -> bool:
        """Whether the program can depend on this attribute or flag; bare names in SQL are read in lower case."""
        return name in self.names or name.lower() in self.names

    @cached_property
    def text(self) -> tuple[dict[str, object], ...]:
        """The program in canonical words; flags that nothing names are left out."""
        told = [line.text for line in self.lines]
        if self.derived:
            told = [{"step": REQUEST, "set": [[name, canonical(sql)] for name, sql in self.derived]}, *told]
        if flags := {name: on for name, on in sorted(self.flags.items()) if self.mentions(name)}:
            told.append({"flags": flags})
        return tuple(told)


@dataclass(frozen=True)
class Trial:
    """What PostgreSQL said to every prototype; enough to fold without a server.

    `stops[i]` is 0 when every statement passed, else k, and `codes[k-1]` is the (line, SQLSTATE) that stopped it.
    Guards stop nobody here: `guards[line][i]` is folded in the order of the lines by whoever asks.
    """

    stops: bytes
    codes: tuple[tuple[str, str], ...]
    messages: Mapping[tuple[str, str], str]
    guards: Mapping[str, bytes]
    values: Mapping[str, tuple[tuple[str | None, ...], tuple[int, ...]]]


@dataclass(frozen=True)
class Script:
    """Statements that somebody runs. The lock timeout is for whoever models the waiting: nobody waits in here."""

    statements: tuple[str, ...]
    transaction: bool = True
    lock_timeout_ms: int | None = None


def script(text: str, *, transaction: bool, lock_timeout_ms: int | None = None) -> Script:
    """Read a script as people write it; a BEGIN … COMMIT inside it is a transaction of its own."""
    return Script(tuple(statement for statement, _ in split(text)), transaction, lock_timeout_ms)


@dataclass(frozen=True)
class StatementVerdict:
    """What became of one statement; `locks` is the strongest mode held on each table when it ended."""

    statement: str
    tag: str
    sqlstate: str | None = None
    message: str = ""
    locks: tuple[tuple[str, str], ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    builds_index: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScriptVerdict:
    """Every statement up to the first refusal, and the lineage that is left. A refused COMMIT is a statement too."""

    statements: tuple[StatementVerdict, ...]
    after: Lineage

    @property
    def refused(self) -> StatementVerdict | None:
        """The statement that failed, if one did."""
        last = self.statements[-1] if self.statements else None
        return last if last and last.sqlstate else None


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    nullable: bool
    default: str | None = None
    generated: bool = False


@dataclass(frozen=True)
class TableShape:
    """A table or view as the catalog has it; constraints and indexes are (name, definition, valid)."""

    name: str
    kind: str
    columns: tuple[Column, ...]
    constraints: tuple[tuple[str, str, bool], ...] = ()
    indexes: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """PostgreSQL's no to one statement."""

    sqlstate: str
    message: str


class BaseRefused(NotModelled):
    """A statement that makes the base does not work; carries the statement, the SQLSTATE and the message."""

    def __init__(self, statement: str, sqlstate: str, message: str) -> None:
        super().__init__(statement, sqlstate, message)
        self.statement, self.sqlstate, self.message = statement, sqlstate, message

    def __str__(self) -> str:
        return f"PostgreSQL refuses the base with {self.sqlstate}: {self.message}\n  in: {self.statement}"


class ServerLost(RehearsalError):
    """PostgreSQL went away while it was asked, and again after a restart."""

    exit_code = ExitCode.BUG
