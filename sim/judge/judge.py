"""The one door to PostgreSQL: asks the book first, and the server where the book is silent."""

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, TypeVar

from sim.errors import NotModelled
from sim.judge import codec
from sim.judge.book import Book
from sim.judge.live import Live
from sim.judge.server import Server
from sim.judge.split import canonical, segments, split, wants_a_transaction, words
from sim.judge.values import (
    FORMAT,
    Applied,
    Find,
    Lineage,
    Program,
    Ran,
    Refusal,
    RowCheck,
    Script,
    ScriptVerdict,
    SeedRows,
    StatementVerdict,
    TableShape,
    Trial,
    bits,
    fingerprint,
    nothing_found,
)  # fmt: skip
from sim.population import Population

_T = TypeVar("_T")
_TIME_OUT = "57014"  # how far a statement came in its time says nothing about the next machine
_CONTROL = {"begin", "start", "commit", "rollback", "abort", "savepoint", "release", "prepare"}


class Judge:
    """Answers questions about statements; the same question has the same answer on every machine."""

    def __init__(self, book: Book, server: Server | None = None) -> None:
        self.book = book
        self._live = Live(server)
        self._lock = RLock()
        self._known: dict[str, Any] = {}

    @property
    def server(self) -> Server:
        """The server behind it, started or not."""
        return self._live.server

    def try_out(self, lineage: Lineage, program: Program, population: Population) -> Trial:
        """What each prototype's statements come to, and what its guards and values are."""
        digests = [(name, population.digest(name)) for name in sorted(filter(program.mentions, population.columns))]
        key = fingerprint("trial", FORMAT, lineage.key, program.text, digests, population.size)
        question = {"of": "trial", "lineage": _history(lineage), "program": program.text}
        return self._answer(
            key, question, codec.trial_to_json, codec.trial_from_json,
            lambda: self._live.try_out(lineage, program, population),
        )  # fmt: skip

    def checks(self, lineage: Lineage, statement: str, ran: tuple[Ran, ...] = ()) -> tuple[RowCheck, ...]:
        """What a statement will check of existing rows; `ran` is what its own transaction has done before it."""
        key = fingerprint("checks", FORMAT, lineage.key, [one.text for one in ran], canonical(statement))
        question = {"of": "checks", "lineage": _history(lineage, ran), "statement": canonical(statement)}
        return self._answer(
            key, question, codec.checks_to_json, codec.checks_from_json,
            lambda: self._live.checks(lineage, ran, statement),
        )  # fmt: skip

    def run(self, lineage: Lineage, script: Script, find: Find = nothing_found) -> ScriptVerdict:
        """Run a script until it ends or is refused; `find` is asked about the real rows before each statement."""
        verdicts: list[StatementVerdict] = []
        here = lineage
        for part, together in segments(script.statements, transaction=script.transaction):
            run = self._transaction if together else self._one_by_one
            done, here = run(here, part, tuple(one.statement for one in verdicts), find)
            verdicts += done
            if verdicts[-1].sqlstate is not None:
                break
        return ScriptVerdict(tuple(verdicts), here)

    def _one_by_one(
        self, lineage: Lineage, statements: tuple[str, ...], before: tuple[str, ...], find: Find
    ) -> tuple[list[StatementVerdict], Lineage]:
        """Each statement commits by itself: what stood before the refused one stays."""
        verdicts: list[StatementVerdict] = []
        for statement in statements:
            verdict, one, invalid = self._statement(lineage, (), statement, before, find, transaction=False)
            verdicts.append(verdict)
            if verdict.sqlstate is not None:
                return verdicts, lineage.then(one, invalid=True) if invalid else lineage
            lineage, before = lineage.then(one), (*before, statement)
        return verdicts, lineage

    def _transaction(
        self, lineage: Lineage, statements: tuple[str, ...], before: tuple[str, ...], find: Find
    ) -> tuple[list[StatementVerdict], Lineage]:
        """All or nothing; deferred constraints speak last."""
        ran: tuple[Ran, ...] = ()
        verdicts: list[StatementVerdict] = []
        for statement in statements:
            verdict, one, _ = self._statement(lineage, ran, statement, before, find, transaction=True)
            verdicts.append(verdict)
            if verdict.sqlstate is not None:
                return verdicts, lineage
            ran, before = (*ran, one), (*before, statement)
        if (refused := self._commit(lineage, ran)) is not None:
            return [*verdicts, refused], lineage
        return verdicts, lineage.then(*ran)

    def _statement(
        self,
        lineage: Lineage,
        ran: tuple[Ran, ...],
        statement: str,
        before: tuple[str, ...],
        find: Find,
        *,
        transaction: bool,
    ) -> tuple[StatementVerdict, Ran, bool]:
        _refuse_control(statement)
        found = [(check, find(before, check)) for check in self.checks(lineage, statement, ran)]
        one = Ran(statement, bits(found))
        asked = ("statement", FORMAT, lineage.key, transaction, [past.text for past in ran], one.text)
        alone = not transaction and wants_a_transaction(statement)
        key = fingerprint(*asked, *(["in the open"] if alone else []))
        question = {
            "of": "statement", "lineage": _history(lineage, ran), "statement": canonical(statement),
            "transaction": transaction, "finds": {f"{check.table}: {check.where}": bit for check, bit in one.bits},
        }  # fmt: skip

        def to_json(answer: tuple[StatementVerdict, bool]) -> Any:
            return {**codec.verdict_to_json(answer[0]), **({"leaves an invalid index": True} if answer[1] else {})}

        def from_json(data: Any) -> tuple[StatementVerdict, bool]:
            return codec.verdict_from_json(statement, data), bool(data.get("leaves an invalid index"))

        verdict, invalid = self._answer(
            key, question, to_json, from_json,
            lambda: self._live.attempt(lineage, ran, one, found, transaction=transaction),
            keep=lambda answer: answer[0].sqlstate != _TIME_OUT,
        )  # fmt: skip
        return verdict, one, invalid

    def _commit(self, lineage: Lineage, ran: tuple[Ran, ...]) -> StatementVerdict | None:
        """Deferred constraints speak last."""
        key = fingerprint("commit", FORMAT, lineage.key, [one.text for one in ran])
        return self._answer(
            key, {"of": "commit", "lineage": _history(lineage, ran)},
            lambda verdict: codec.verdict_to_json(verdict) if verdict else {},
            lambda data: codec.verdict_from_json("COMMIT", data) if data else None,
            lambda: self._live.commit(lineage, ran),
        )  # fmt: skip

    def outcome(
        self, lineage: Lineage, statement: str, rows: Mapping[str, SeedRows]
    ) -> Mapping[str, SeedRows] | Refusal:
        """What a statement makes of exactly these rows: the tables they stand in afterwards, sorted as text."""
        given = [(table, seed.columns, seed.values) for table, seed in sorted(rows.items())]
        key = fingerprint("outcome", FORMAT, lineage.key, canonical(statement), given)
        question = {"of": "outcome", "lineage": _history(lineage), "statement": canonical(statement)}
        return self._answer(
            key,
            question,
            codec.rows_to_json,
            codec.rows_from_json,
            lambda: self._live.outcome(lineage, statement, rows),
        )

    def shapes(self, lineage: Lineage) -> tuple[TableShape, ...]:
        """The schema: tables and views with columns, constraints and indexes."""
        key = fingerprint("shapes", FORMAT, lineage.key)
        question = {"of": "shapes", "lineage": _history(lineage)}
        return self._answer(
            key, question, codec.shapes_to_json, codec.shapes_from_json, lambda: self._live.shapes(lineage)
        )

    def syntax(self, sql: str, *, expression: bool = False) -> tuple[str, int] | None:
        """PostgreSQL's complaint about the syntax, and where it is in the text; None where there is nothing to say."""
        key = fingerprint("syntax", FORMAT, expression, sql)
        return self._answer(
            key, {"of": "syntax", "sql": sql, "expression": expression},
            lambda answer: list(answer) if answer else [],
            lambda data: (str(data[0]), int(data[1])) if data else None,
            lambda: self._live.syntax(sql, expression=expression),
        )  # fmt: skip

    @staticmethod
    def split(text: str) -> tuple[tuple[str, int], ...]:
        """The statements of a script, and where each begins."""
        return split(text)

    def close(self) -> None:
        """Hang up, and stop the server unless it was lent to us."""
        with self._lock:
            self._live.close()

    def _answer(
        self,
        key: str,
        question: Mapping[str, Any],
        to_json: Callable[[_T], Any],
        from_json: Callable[[Any], _T],
        ask: Callable[[], _T],
        *,
        keep: Callable[[_T], bool] = lambda _: True,
    ) -> _T:
        with self._lock:
            if key in self._known:
                known: _T = self._known[key]
                return known
            remembered = self.book.get(key)
            answer = from_json(remembered) if remembered is not None else ask()
            if remembered is None and not keep(answer):
                return answer
            if remembered is None:
                self.book.put(key, question, to_json(answer))
            self._known[key] = answer
            return answer


def _refuse_control(statement: str) -> None:
    if words(statement)[:1] and words(statement)[0] in _CONTROL:
        raise NotModelled(f"transaction control inside a script is not modelled: {canonical(statement)}")


def _history(lineage: Lineage, ran: tuple[Ran, ...] = ()) -> list[str]:
    """A lineage in words: what came after the base."""
    return [*map(_applied, lineage.applied), *(f"… {canonical(one.statement)}" for one in ran)]


def _applied(applied: Applied) -> str:
    return "; ".join(canonical(one) for one in applied.statements) + (" -- left invalid" if applied.invalid else "")
