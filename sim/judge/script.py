"""A script on a working copy, statement by statement: its SQLSTATE, and its locks, rewrites and scans."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import psycopg

from sim.judge.catalog import Effect, effect, snapshot
from sim.judge.checks import expected_effect, row_checks
from sim.judge.rows import Quiet, clear, plant, violated
from sim.judge.session import Session
from sim.judge.split import wants_a_transaction, without, words
from sim.judge.values import Applied, Bit, Found, Lineage, Ran, RowCheck, SeedRows, StatementVerdict, bits

if TYPE_CHECKING:
    from sim.judge.lineages import Lineages
    from sim.judge.server import Server

_ALONE = "25001"  # the statement refuses to run inside a transaction
COMMIT = "COMMIT"
_ROWS_ONLY = {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "LOCK", "COPY"}
_TWO_WORDS = {"create", "alter", "drop", "comment", "refresh"}


def tag(statement: str) -> str:
    """What kind of statement it is: 'ALTER TABLE', 'UPDATE', 'CREATE INDEX'."""
    skipped = {"unique", "or", "replace", "temp", "temporary", "unlogged", "recursive", "constraint"}
    found = [word for word in words(statement)[:6] if word not in skipped]
    if not found:
        return ""
    if found[0] == "with":
        verbs = [word for word in words(statement) if word in {"insert", "update", "delete", "merge"}]
        return verbs[-1].upper() if verbs else "SELECT"
    return " ".join(found[: 2 if found[0] in _TWO_WORDS else 1]).upper()


class Bench:
    """A working copy of a lineage. In a transaction everything shares one; otherwise each statement has its own."""

    def __init__(self, lineages: "Lineages", lineage: Lineage, ran: Sequence[Ran], *, transaction: bool) -> None:
        self._lineages, self.transaction = lineages, transaction
        self.database = lineages.copy(lineage)
        self.session = Session(lineages.server, self.database)
        self.session.run("BEGIN")
        self.invalid = self._tainted = False
        for one in ran:
            _run_again(self.session, one, lineages.quiet)

    def checks(self, statement: str) -> tuple[RowCheck, ...]:
        """What the statement will check of the rows that are there."""
        return row_checks(self.session, statement, self._lineages.quiet)

    def attempt(self, statement: str, found: Sequence[tuple[RowCheck, Found]]) -> StatementVerdict:
        """Run it on rows that stand for the real ones; afterwards the bench holds seed rows only."""
        quiet = self._lineages.quiet
        _clear_all(self.session, bits(found), quiet)
        witnesses = [(check, rows) for check, rows in found if isinstance(rows, SeedRows)]
        if not all(violated(self.session, check) for check, _ in witnesses):
            verdict = self._with_witnesses(statement, witnesses)
            if verdict.sqlstate is not None:
                return verdict
        return self._once(statement)

    def _with_witnesses(self, statement: str, witnesses: Sequence[tuple[RowCheck, SeedRows]]) -> StatementVerdict:
        if "concurrently" in words(statement):
            plant(self.session, witnesses, self._lineages.quiet)
            self._tainted = True
            return self._once(statement)
        self.session.run("SAVEPOINT witness")
        plant(self.session, witnesses, self._lineages.quiet)
        verdict = self._measured(statement)
        self.session.run("ROLLBACK TO SAVEPOINT witness; RELEASE SAVEPOINT witness")
        return verdict

    def _once(self, statement: str) -> StatementVerdict:
        if not self.transaction and wants_a_transaction(statement):
            return self._in_the_open(statement)
        verdict = self._measured(statement)
        if verdict.sqlstate == _ALONE and not self.transaction:
            return self._alone(statement)
        if verdict.sqlstate is None and not self.transaction:
            if (refused := self.commit()) is not None:
                return StatementVerdict(statement, verdict.tag, refused.sqlstate, refused.message, verdict.locks)
            self.session.run("BEGIN")
        return verdict

    def _measured(self, statement: str) -> StatementVerdict:
        self.session.run("SAVEPOINT measured")
        before = snapshot(self.session)
        try:
            self.session.attempt(statement)
        except psycopg.Error as error:
            if self.session.broken:
                raise
            self.session.run("ROLLBACK TO SAVEPOINT measured")
            return _verdict(statement, self._expected(statement), error)
        seen = effect(before, snapshot(self.session))
        self.session.run("RELEASE SAVEPOINT measured")
        return _verdict(statement, seen)

    def _alone(self, statement: str) -> StatementVerdict:
        """Outside any transaction, as CONCURRENTLY wants it; a failed build leaves its index behind."""
        expected = self._expected(statement)
        self.session.run(COMMIT)
        broken_before = _invalid_indexes(self.session)
        try:
            self.session.attempt(statement)
        except psycopg.Error as error:
            if self.session.broken:
                raise
            self.invalid = _invalid_indexes(self.session) != broken_before
            self.session.run("BEGIN")
            return _verdict(statement, expected, error)
        self.session.run("BEGIN")
        return _verdict(statement, expected)

    def _in_the_open(self, statement: str) -> StatementVerdict:
        """Outside any transaction, where PostgreSQL refuses it before it does anything."""
        self.session.run(COMMIT)
        try:
            self.session.attempt(statement)
        except psycopg.Error as error:
            if self.session.broken:
                raise
            self.session.run("BEGIN")
            return _verdict(statement, Effect(), error)
        self.session.run("BEGIN")
        return _verdict(statement, Effect())

    def _expected(self, statement: str) -> Effect:
        """The effect of a statement that can't be watched: it was refused, or it runs outside any transaction."""
        return expected_effect(self.session, statement, self._lineages.quiet)

    def commit(self) -> StatementVerdict | None:
        """End the transaction; deferred constraints may refuse it."""
        try:
            self.session.run(COMMIT)
        except psycopg.Error as error:
            if self.session.broken:
                raise
            return _verdict(COMMIT, Effect(), error)
        return None

    def keep(self, lineage: Lineage) -> None:
        """What ran here is committed: this copy is the lineage's template from now on."""
        self._lineages.leave(self.session)
        if self._tainted:
            self._lineages.drop(self.database)  # a lineage holds seed rows only; it is made again when it is needed
        else:
            self._lineages.adopt(lineage, self.database)

    def drop(self) -> None:
        """Throw the working copy away."""
        self.session.close()
        self._lineages.drop(self.database)


def _verdict(statement: str, seen: Effect, error: psycopg.Error | None = None) -> StatementVerdict:
    state, message = (None, "") if error is None else (error.sqlstate, str(error.diag.message_primary))
    kind = tag(statement)
    if kind in _ROWS_ONLY:  # how a few seed rows are read, or thrown away, says nothing about the real table
        return StatementVerdict(statement, kind, state, message, seen.locks)
    return StatementVerdict(statement, kind, state, message, seen.locks, seen.rewrites, seen.scans, seen.builds_index)


def _clear_all(session: Session, known: Sequence[Bit], quiet: Quiet) -> None:
    for check, bit in known:
        if bit is False and violated(session, check):
            clear(session, check, quiet)


def _run_again(session: Session, one: Ran, quiet: Quiet) -> None:
    _clear_all(session, one.bits, quiet)
    session.run(one.statement)


def _invalid_indexes(session: Session) -> list[tuple[object, ...]]:
    return session.rows("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")


def replay(server: "Server", database: str, applied: Applied, lineages: "Lineages") -> None:
    """Apply again what was accepted once."""
    session = Session(server, database)
    try:
        session.run("BEGIN")
        for one in applied.ran:
            _clear_all(session, one.bits, lineages.quiet)
            if applied.invalid:
                _leave_invalid(session, one.statement, lineages)
                continue
            try:
                session.run("SAVEPOINT one")
                session.run(one.statement)
            except psycopg.errors.ActiveSqlTransaction:
                session.run("ROLLBACK TO SAVEPOINT one")
                session.run(COMMIT)
                session.run(one.statement)
                session.run("BEGIN")
        session.run(COMMIT)
    finally:
        lineages.leave(session)


def _leave_invalid(session: Session, statement: str, lineages: "Lineages") -> None:
    """The index that a failed CONCURRENTLY build leaves behind: there in name, enforcing nothing."""
    for check in row_checks(session, statement, lineages.quiet):
        clear(session, check, lineages.quiet)
    before = set(snapshot(session).indexes)
    session.run(without(statement, "concurrently"))
    new = sorted(set(snapshot(session).indexes) - before)
    session.run(COMMIT)
    lineages.disable(session.database, new)
    session.run("BEGIN")
