"""Counts first, rows on demand: what users wrote becomes rows when somebody reads or changes their table.

Until then it is a list of what there is to do, in order: the requests that passed in these seconds, this statement,
these requests. Rows are made under the schema of the moment they were written in, and are the same whenever they are
made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from sim.clock import SECOND
from sim.engine.catalog_views import views
from sim.engine.mixes import Columns, Judged, switched_off
from sim.engine.past import Past
from sim.engine.pending import Pending, committing, copies
from sim.engine.relations import counting, relations, writes
from sim.engine.session_views import session_views
from sim.errors import NotModelled
from sim.judge.values import Found, Line, Lineage, Refusal, RowCheck, SeedRows, Undecided
from sim.scenario.build import Build
from sim.tables.batch import whole
from sim.tables.seeds import Seed
from sim.tables.tables import Harm, Listing, Tables
from sim.traffic.choose import Alike, Numbers, choose, everybody, failing, passing, serials, tried
from sim.traffic.fold import Folded

if TYPE_CHECKING:
    from sim.engine.assembly import Production
    from sim.engine.engine import Engine


@dataclass(frozen=True)
class Effect:
    """What a statement did: rows changed, facts taken away, rows of users overwritten."""

    rows: int = 0
    lost: int = 0
    overwritten: int = 0


@dataclass(frozen=True)
class Writer:
    """An endpoint under one version while nothing changes, and its prototypes that leave something behind.

    They are those that pass or, if an `error` is named, those that fail with it.
    """

    name: str
    version: str
    judged: Judged
    folded: Folded
    columns: Columns
    error: str | None = None

    @cached_property
    def alike(self) -> list[Alike]:
        """Its prototypes, by what they leave behind."""
        if self.error is None:
            return passing(self.folded)
        return failing(self.folded.fates, self.error, committing(self.judged))


class Rows:
    """The tables of one run, kept as work to do until somebody needs them."""

    def __init__(self, production: "Production", seed: int) -> None:
        self._production, self._scenario, self._seed = production, production.scenario, seed
        self._tables: Tables | None = None
        self._engine: Engine
        self._writers: tuple[Writer, ...] = ()
        self._known: dict[tuple[object, ...], tuple[Writer, ...]] = {}
        self.known_s = 0
        self._todo: list[tuple[int, Callable[[Tables], object]]] = []
        self._passed: dict[tuple[str, ...], int] = {}
        self._fresh: dict[str, int] = {}
        self._added: dict[int, dict[str, int]] = {}
        self._pending = Pending()
        self._catalog, self._ran = production.catalog, 0
        self.past = Past(production)
        self._shrunk: set[str] = set()
        self._lost = self._overwritten = 0

    def follow(self, engine: "Engine", second: int) -> None:
        """From this second on, requests are written by the world's present builds."""
        self._engine = engine
        self.catch_up(second)
        self._writers = self._writing(engine)

    def _writing(self, engine: "Engine") -> tuple[Writer, ...]:
        """Who writes now; the same objects whenever the same builds meet the same schema and flags."""
        builds = tuple(tuple(slot.build for slot in state.slots) for state in engine.world.serving.values())
        world = engine.world
        key = (builds, engine.lineage.key, tuple(world.flags.items()), world.rows_moved, switched_off(world))
        if key not in self._known:
            self._known[key] = tuple(self._every_writer(engine))
        return self._known[key]

    def _every_writer(self, engine: "Engine") -> list[Writer]:
        return [
            writer
            for service, state in engine.world.serving.items()
            for endpoint in engine.world.service(service).endpoints
            for build in dict.fromkeys(slot.build for slot in state.slots)
            if engine.mixes.judgements.writes(endpoint, build)
            for writer in self._writers_of(
                endpoint, build, engine.mixes.of(endpoint, build, engine.lineage, engine.world)
            )
        ]

    def _writers_of(self, name: str, build: Build, folded: Folded) -> list[Writer]:
        """Those who pass, and for each error those who had committed something before they failed."""
        judged, version = self._judged(name, build), self._label(build)
        over_rows = self._engine.mixes.judgements.over_rows
        columns = self.others(name, self._engine.world.rows_moved) if over_rows else {}
        writers = [Writer(name, version, judged, folded, columns)]
        if any(line.commit for program in judged.programs.values() for line in program.lines):
            others = [Writer(name, version, judged, folded, columns, error) for error in folded.fates.errors]
            writers += [writer for writer in others if any(one.upto for one in writer.alike)]
        return writers

    def _label(self, build: Build) -> str:
        return self._engine.mixes.judgements.label(build)

    def _judged(self, name: str, build: Build) -> Judged:
        engine = self._engine
        return engine.mixes.judgements.judged(name, build, engine.lineage, switched_off(engine.world))

    def catch_up(self, second: int) -> None:
        """Requests that passed before this second belong to the writers so far."""
        start, writers = self.known_s, self._writers
        if second > start:
            if writers:
                self.past.wrote(writers)
                self._todo.append((second, lambda tables: self._write(tables, writers, start, second)))
            self.known_s = second

    def tables(self) -> Tables:
        """The tables, with everything done to them that was still to do, up to the second that is counted."""
        tables, counted = self._opened(), self._engine.traffic.done
        while self._todo and self._todo[0][0] <= counted:
            self._todo.pop(0)[1](tables)
        self._pending.flush(tables)
        return tables

    @property
    def started(self) -> bool:
        """Whether any row had to be made."""
        return self._tables is not None

    def _opened(self) -> Tables:
        """The tables as they were last needed."""
        if self._tables is None:
            self._tables = self._production.tables()
        return self._tables

    def _write(self, tables: Tables, writers: tuple[Writer, ...], start: int, stop: int) -> None:
        self._put(tables, writers, [self._count(writer, start, stop) for writer in writers], start)

    def _count(self, writer: Writer, start: int, stop: int) -> Numbers:
        traffic = self._engine.traffic
        if writer.error is not None:
            return traffic.failed(writer.name, start, stop, label=writer.version, error=writer.error)
        return traffic.passed(writer.name, start, stop, label=writer.version)

    def job_wrote(self, name: str, build: Build, folded: Folded, prototypes: Sequence[int]) -> None:
        """Items of a job were tried, just now; whoever says so has settled the second that has begun."""
        if self._engine.mixes.judgements.writes(name, build):
            judged, second = self._judged(name, build), self._engine.now_ms // SECOND
            self.past.wrote(tuple(self._writers_of(name, build, folded)))
            self._todo.append(
                (self.known_s, lambda tables: self._put_items(tables, judged, folded, prototypes, second))
            )

    def _put_items(
        self, tables: Tables, judged: Judged, folded: Folded, prototypes: Sequence[int], second: int
    ) -> None:
        """Rows of what items did, with fresh keys in the order in which they were tried."""
        for chosen in tried(folded.fates, prototypes, second, committing(judged)):
            extra = {
                attribute: whole(chosen.places + self._next_key(table))
                for attribute, table in judged.requests.fresh.items()
            }
            self._pending.add(tables, judged, chosen, extra)
        for table in dict.fromkeys(judged.requests.fresh.values()):
            self._fresh[table] = self._fresh.get(table, 0) + len(prototypes)

    def _next_key(self, table: str) -> int:
        return self._scenario.database.tables[table].rows + 1 + self._fresh.get(table, 0)

    def _put(self, tables: Tables, writers: tuple[Writer, ...], passed: list[Numbers], start: int) -> None:
        """Rows of so many requests of each writer, with fresh keys in the order of time."""
        keys: dict[tuple[int, str], Numbers] = {}
        for table in sorted({table for writer in writers for table in writer.judged.requests.fresh.values()}):
            mine = [at for at, writer in enumerate(writers) if table in writer.judged.requests.fresh.values()]
            first = self._next_key(table)
            for at, numbers in zip(mine, serials([passed[at] for at in mine]), strict=True):
                keys[at, table] = numbers + first
            self._fresh[table] = self._fresh.get(table, 0) + sum(int(passed[at].sum()) for at in mine)
        for at, writer in enumerate(writers):
            name = (writer.name, writer.version, *([writer.error] if writer.error is not None else []))
            first = self._passed.get(name, 0)
            evenly = bool(writer.columns)
            for chosen in choose(writer.alike, self._seed, "/".join(name), first, passed[at], start, evenly=evenly):
                extra = {attribute: column.at(chosen.prototypes) for attribute, column in writer.columns.items()}
                for attribute, table in writer.judged.requests.fresh.items():
                    extra[attribute] = whole(keys[at, table][chosen.places])
                if chosen.upto != 0:
                    self._pending.add(tables, writer.judged, chosen, extra)
            self._passed[name] = first + int(passed[at].sum())

    def run(self, statement: str, lineage: Lineage, *, at_once: bool) -> Effect:
        """Carry out an operator's statement; what can neither lose nor count rows waits until rows are needed.

        What a data statement does to rows is first compared with PostgreSQL on witnesses.
        """
        now_ms = self._engine.now_ms
        self._ran += 1
        self._catalog = self._production.following(self._catalog, statement, self._ran)
        self.past.ran(statement)
        if not at_once:
            self._todo.append((self.known_s, lambda tables: self._run_late(tables, statement, now_ms)))
            return Effect()
        self._shrunk |= set(dict(relations(statement)))
        tables = self.tables()
        lost, overwritten = tables.harm({}, now_ms).lost if self._lost else 0, self._overwritten
        check = partial(self._outcome, lineage) if writes(statement) else None
        rows = tables.run(statement, now_ms, check=check)
        after = tables.harm({}, now_ms)
        self._lost, self._overwritten = after.lost, after.overwritten
        return Effect(rows, max(0, after.lost - lost), after.overwritten - overwritten)

    def run_batch(self, statement: str, lineage: Lineage, *, first: bool) -> int:
        """Carry out a piece of an operator's statement; the first one is compared with PostgreSQL on witnesses."""
        self._shrunk |= set(dict(relations(statement)))
        self.past.ran(statement)
        check = partial(self._outcome, lineage) if first else None
        return self.tables().run(statement, self._engine.now_ms, check=check)

    def damage(self) -> Harm:
        """What operators have taken away and overwritten so far."""
        harm = self.tables().harm({}, self._engine.now_ms)
        self._lost, self._overwritten = harm.lost, harm.overwritten
        return harm

    def _run_late(self, tables: Tables, statement: str, at_ms: int) -> None:
        self._pending.flush(tables)
        tables.run(statement, at_ms)

    def _outcome(self, lineage: Lineage, statement: str, rows: Mapping[str, Seed]) -> Mapping[str, Seed]:
        """What PostgreSQL makes of witness rows; where it refuses them, they stay as they are."""
        given = {table: SeedRows(seed.columns, seed.values) for table, seed in rows.items()}
        came = self._engine.judge.outcome(lineage, statement, given)
        if isinstance(came, Refusal):
            return rows
        return {table: Seed(seed.columns, seed.values) for table, seed in came.items()}

    def find(self, ran: tuple[str, ...], check: RowCheck) -> Found:
        """A row that a statement would trip over; what this very transaction has made of it, only PostgreSQL knows."""
        if any(check.table in dict(relations(statement)) for statement in ran) or self._surely_some(check):
            return Undecided.SEED_ROWS
        self._engine.settle_rows()
        if self.past.surely_none(f"SELECT count(*) = 0 FROM {check.table} WHERE {check.where}"):
            return None
        found = self.tables().witness(check.table, check.finds, self._engine.now_ms, limit=check.needs)
        return SeedRows(found.columns, found.values) if found is not None else None

    def _surely_some(self, check: RowCheck) -> bool:
        """Whether the question is only if there are rows, and there were some that nobody can have removed."""
        return check.kind == "rows" and self.size(check.table) > 0 and check.table not in self._shrunk

    def size(self, table: str) -> int:
        """How many rows a table had at clock zero: what its work costs is reckoned by that."""
        spec = self._scenario.database.tables.get(table)
        return spec.rows if spec else 0

    def would_write(self, statement: str) -> int:
        """How many rows a data statement is about to write; all of them, where its own transaction decides which."""
        query = counting(statement)
        if query is None:
            return 0
        self._engine.settle_rows()
        try:
            return self.tables().count(query, self._engine.now_ms)
        except NotModelled:
            return max(self.size(table) for table, _ in relations(statement))

    def others(self, name: str, minute: int) -> Columns:
        """The rows that a work's prototypes point at in this minute."""
        if minute not in self._added:
            self.tables()
            self._added[minute] = dict(self._fresh)
        return self._production.other_rows(name, minute, self._added[minute])

    def bits(self, line: Line, judged: Judged, on: frozenset[str], columns: Columns) -> bytes:
        """Whether a line's guard over rows holds, for each prototype."""
        everyone = everybody(judged.requests.answer(on).population.size)
        batch = copies(judged, on, everyone, everyone * 0, columns)
        return self.tables().bits(
            line.guard or "", batch, judged.programs[on].flags, harm=line.harms is not None and line.raises is None
        )

    def holds(self, invariant: str) -> bool:
        """Whether a named invariant is true now; it may ask for rows, or for the schema."""
        sql = self._scenario.invariants[invariant]
        if _of_the_schema(sql):
            return self.query(sql).rows == (("t",),)
        self._engine.settle_rows()
        return self.past.surely_none(sql) or self.tables().holds(sql, self._engine.now_ms)

    def query(self, sql: str) -> Listing:
        """A trainee's query, answered from the replica."""
        self._engine.settle_rows()
        engine = self._engine
        asked = sql.lower()
        shown = views(engine.judge.shapes(engine.lineage)) if _of_the_schema(sql) else {}
        shown |= session_views(engine) if "pg_" in asked else {}
        read = {name for name, _ in relations(sql)}
        only_views = shown and read and not read & set(self._catalog.relations)
        return (self._opened() if only_views else self.tables()).rows(sql, engine.now_ms, shown=shown)

    def data(self) -> Harm:
        """Facts that operators took away for good, rows the scenario calls wrong, users' rows overwritten."""
        if not self._lost and not self._scenario.wrong:
            return Harm(overwritten=self._overwritten)
        self._engine.settle_rows()
        return self.tables().harm(self._scenario.wrong, self._engine.now_ms)

    def close(self) -> None:
        """Let go of the child process."""
        if self._tables is not None:
            self._tables.close()
            self._tables = None


def _of_the_schema(sql: str) -> bool:
    return "information_schema" in sql.lower()
