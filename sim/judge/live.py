"""The judge's questions put to a running server, which is started when first asked and once again when it dies."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from sim.errors import NotModelled
from sim.judge.server import Server
from sim.judge.values import (
    Found,
    Lineage,
    Program,
    Ran,
    Refusal,
    RowCheck,
    SeedRows,
    ServerLost,
    StatementVerdict,
    TableShape,
    Trial,
)  # fmt: skip
from sim.population import Population

if TYPE_CHECKING:
    from sim.judge.lineages import Lineages
    from sim.judge.script import Bench

_T = TypeVar("_T")
_ATTEMPTS = 2
_GONE = ("57P", "080")  # the server ended the connection; any other code is an answer


class Live:
    """A server, its lineages, and the bench of the script that is running."""

    def __init__(self, server: Server | None = None) -> None:
        self.server = server or Server()
        self._own = server is None
        self._lineages: Lineages | None = None
        self._bench: tuple[object, Bench] | None = None

    def try_out(self, lineage: Lineage, program: Program, population: Population) -> Trial:
        from sim.judge.trial import try_out

        return self._ask(lambda lineages: try_out(lineages.reader(lineage), program, population))

    def checks(self, lineage: Lineage, ran: tuple[Ran, ...], statement: str) -> tuple[RowCheck, ...]:
        return self._ask(lambda lineages: self._at(lineages, lineage, ran, transaction=bool(ran)).checks(statement))

    def attempt(
        self,
        lineage: Lineage,
        ran: tuple[Ran, ...],
        one: Ran,
        found: Sequence[tuple[RowCheck, Found]],
        *,
        transaction: bool,
    ) -> tuple[StatementVerdict, bool]:
        """Run one statement after those of its transaction; an accepted one leaves the bench ready for the next."""

        def ask(lineages: "Lineages") -> tuple[StatementVerdict, bool]:
            bench = self._at(lineages, lineage, ran, transaction=transaction)
            self._bench = None
            verdict = bench.attempt(one.statement, found)
            if verdict.sqlstate is not None:
                bench.drop()
            elif transaction:
                self._bench = (_place(lineage, (*ran, one)), bench)
            else:
                bench.keep(lineage.then(one))
            return verdict, bench.invalid

        return self._ask(ask)

    def commit(self, lineage: Lineage, ran: tuple[Ran, ...]) -> StatementVerdict | None:
        """End the transaction; when it holds, this copy is the new lineage's database."""

        def ask(lineages: "Lineages") -> StatementVerdict | None:
            bench = self._at(lineages, lineage, ran, transaction=True)
            self._bench = None
            refused = bench.commit()
            if refused is None:
                bench.keep(lineage.then(*ran))
            else:
                bench.drop()
            return refused

        return self._ask(ask)

    def outcome(
        self, lineage: Lineage, statement: str, rows: Mapping[str, SeedRows]
    ) -> Mapping[str, SeedRows] | Refusal:
        from sim.judge.outcome import outcome

        return self._ask(lambda lineages: outcome(lineages.reader(lineage), statement, rows, lineages.quiet))

    def shapes(self, lineage: Lineage) -> tuple[TableShape, ...]:
        from sim.judge.catalog import shapes

        return self._ask(lambda lineages: shapes(lineages.reader(lineage)))

    def syntax(self, sql: str, *, expression: bool) -> tuple[str, int] | None:
        from sim.judge.outcome import syntax

        return self._ask(lambda lineages: syntax(lineages.supervisor, sql, expression=expression))

    def close(self) -> None:
        """Hang up; a server that was not lent to us is stopped as well."""
        self._forget()
        if self._own:
            self.server.stop()

    def _at(self, lineages: "Lineages", lineage: Lineage, ran: tuple[Ran, ...], *, transaction: bool) -> "Bench":
        """The bench where these statements have run: the open one if it is there, else a new one."""
        from sim.judge.script import Bench

        place = _place(lineage, ran)
        if self._bench is not None and self._bench[0] == place:
            self._bench[1].transaction = transaction
            return self._bench[1]
        if self._bench is not None:
            self._bench[1].drop()
            self._bench = None
        bench = Bench(lineages, lineage, ran, transaction=transaction)
        self._bench = (place, bench)
        return bench

    def _ask(self, question: Callable[["Lineages"], _T]) -> _T:
        """Ask; when the server dies meanwhile, ask a new one, once."""
        import psycopg

        from sim.judge.lineages import Lineages

        for attempt in range(_ATTEMPTS):
            try:
                if self._lineages is None or not self.server.alive:
                    self._forget()
                    self._lineages = Lineages(self.server)
                return question(self._lineages)
            except psycopg.OperationalError as error:
                if error.sqlstate is not None and error.sqlstate[:3] not in _GONE:
                    self._abandon()
                    raise NotModelled(f"PostgreSQL gave up: {error.diag.message_primary}") from error
                self._forget()
                self.server.stop()
                if attempt + 1 == _ATTEMPTS:
                    raise ServerLost(f"PostgreSQL went away while it was asked, twice: {error}") from error
            except BaseException:
                self._abandon()
                raise
        raise AssertionError

    def _abandon(self) -> None:
        """After a question that ended otherwise, no half-run script may be met by the next one."""
        import psycopg

        if self._bench is not None:
            with suppress(psycopg.Error):
                self._bench[1].drop()
            self._bench = None

    def _forget(self) -> None:
        import psycopg

        if self._bench is not None:
            self._bench[1].session.close()
        if self._lineages is not None:
            with suppress(psycopg.Error):
                self._lineages.close()
        self._lineages = self._bench = None


def _place(lineage: Lineage, ran: tuple[Ran, ...]) -> object:
    return lineage.key, tuple(repr(one.text) for one in ran)
