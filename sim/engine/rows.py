"""Counts first, rows on demand: what users wrote becomes rows when somebody reads or changes their table.

Until then it is a history of what was done, in order: the requests that passed in these seconds, this statement, these
requests. Rows are made under the schema of the moment they were written in, and are the same whenever they are made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim.clock import SECOND
from sim.engine.catalog_views import views
from sim.engine.constraints import foreign_keys
from sim.engine.history import Brought, Deed, Era, History, Kept, Passed, PutBack, Ran, Tried, Writer
from sim.engine.making import Making
from sim.engine.mixes import Columns, Judged, switched_off
from sim.engine.past import Past
from sim.engine.pending import copies
from sim.engine.relations import counting, relations, writes
from sim.engine.session_views import session_views
from sim.engine.stricken import specs
from sim.errors import NotModelled
from sim.faults.replica_lag import ReplicaLag
from sim.judge.values import Found, Line, Lineage, Refusal, RowCheck, SeedRows, Undecided
from sim.scenario.build import Build
from sim.scenario.values import NextOf
from sim.tables.schema import Catalog
from sim.tables.seeds import Seed
from sim.tables.tables import Check, Harm, Listing, Shown, Tables
from sim.tables.wire import kept_name
from sim.traffic.choose import everybody
from sim.traffic.fold import Folded

if TYPE_CHECKING:
    from sim.engine.assembly import Production
    from sim.engine.engine import Engine

_NOTHING: Mapping[str, Shown] = MappingProxyType({})


@dataclass(frozen=True)
class Effect:
    """What a statement did: rows changed, facts taken away, rows of users overwritten."""

    rows: int = 0
    lost: int = 0
    overwritten: int = 0


class Rows:
    """The tables of one run, kept as a history until somebody needs them."""

    def __init__(self, production: "Production", seed: int) -> None:
        self._production, self._scenario, self._seed = production, production.scenario, seed
        self._making: Making | None = None
        self._engine: Engine
        self._writers: tuple[Writer, ...] = ()
        self._known: dict[tuple[object, ...], tuple[Writer, ...]] = {}
        self.known_s = 0
        self._added: dict[int, dict[str, int]] = {}
        self.history = History()
        self._catalog, self._ran = production.catalog, 0
        self.past = Past(production)
        self._beside: dict[str, str] = {}
        self._shrunk: set[str] = set()
        self._lost = self._overwritten = self._dropped = 0

    def follow(self, engine: "Engine", second: int) -> None:
        """From this second on, requests are written by the world's present builds."""
        self._engine = engine
        self.catch_up(second)
        self._writers = self._writing(engine)

    def note(self, engine: "Engine") -> None:
        """The schema, or what counts as applied, may be another from now on."""
        world = engine.world
        self.history.note(Era(engine.now_ms, engine.lineage, self._catalog, world.schema, world.migrations))

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
                self.history.passed(Passed(writers, start, second), done=self._making.done if self._making else 0)
            self.known_s = second

    def tables(self) -> Tables:
        """The tables, with everything done to them that was still to do."""
        return self._made().tables

    @property
    def started(self) -> bool:
        """Whether any row had to be made."""
        return self._making is not None

    def _made(self) -> Making:
        making = self._opened()
        if self.history.deeds:
            self._engine.traffic.settle(self.known_s)
        making.carry_out(self.history.deeds)
        return making

    def _opened(self) -> Making:
        """The tables as they were last needed."""
        if self._making is None:
            self._making = self._begun()
        return self._making

    def _begun(self) -> Making:
        return Making(self._production.tables(), self._scenario, self._seed, lambda: self._engine.traffic)

    def as_of(self, at_ms: int) -> Tables:
        """Other tables, as these were at a moment; whoever asked closes them."""
        self._engine.settle_second()
        making = self._begun()
        making.carry_out(self.history.until(at_ms))
        return making.tables

    def job_wrote(self, name: str, build: Build, folded: Folded, prototypes: Sequence[int]) -> None:
        """Items of a job were tried, just now; whoever says so has settled the second that has begun."""
        if self._engine.mixes.judgements.writes(name, build):
            self.past.wrote(tuple(self._writers_of(name, build, folded)))
            judged = self._judged(name, build)
            self.history.deeds.append(Tried(judged, folded, tuple(prototypes), self._engine.now_ms))

    def _carry(self, deed: Deed, check: Check | None = None) -> int:
        """Carry out what an operator does; what cannot be done leaves no trace."""
        rows = self._made().do(deed, check)
        self.history.deeds.append(deed)
        return rows

    def _do(self, deed: Deed, check: Check | None = None) -> Effect:
        """The same, and count what it takes away."""
        tables, overwritten = self.tables(), self._overwritten
        lost = tables.harm({}, self._engine.now_ms).lost if self._lost else 0
        rows = self._carry(deed, check)
        harm = self.damage()
        return Effect(rows, max(0, harm.lost - lost), harm.overwritten - overwritten)

    def run(self, statement: str, lineage: Lineage, *, at_once: bool, by_hand: bool = True) -> Effect:
        """Carry out an operator's statement; what can neither lose nor count rows waits until rows are needed.

        What a data statement does to rows is first compared with PostgreSQL on witnesses.
        """
        self._ran += 1
        self._catalog = self._production.following(self._catalog, statement, self._ran)
        self.past.ran(statement)
        ran = Ran(statement, self._engine.now_ms, by_hand)
        if not at_once:
            self.history.deeds.append(ran)
            return Effect()
        self._shrunk |= set(dict(relations(statement)))
        return self._do(ran, partial(self._outcome, lineage) if writes(statement) else None)

    def run_batch(self, statement: str, lineage: Lineage, *, first: bool) -> int:
        """Carry out a piece of an operator's statement; the first one is compared with PostgreSQL on witnesses."""
        self._shrunk |= set(dict(relations(statement)))
        self.past.ran(statement)
        check = partial(self._outcome, lineage) if first else None
        return self._carry(Ran(statement, self._engine.now_ms), check)

    def damage(self) -> Harm:
        """What operators have taken away and overwritten so far."""
        harm = self.tables().harm({}, self._engine.now_ms)
        self._lost, self._overwritten, self._dropped = harm.lost, harm.overwritten, harm.dropped
        return harm

    def toll(self, statements: Sequence[str]) -> Harm:
        """What an operator's statements would take away if they were carried out now."""
        self._engine.settle_rows()
        return self.tables().toll(statements, self._engine.now_ms)

    def keep(self, copy: str, at_ms: int) -> None:
        """Have a copy of all tables as they were at a moment; one from long ago is made by going there again."""
        self._engine.settle_second()
        points = self._pointing() if at_ms < 0 else ()
        place = self.history.keep(Kept(copy, at_ms, self._not_yet(-at_ms), points))
        if place is not None and self._making is not None and self._making.done > place:
            self.close()

    def _pointing(self) -> tuple[tuple[str, str, str], ...]:
        """The columns that must point at a row, at clock zero."""
        shapes = self._engine.judge.shapes(self.history.era(0).lineage)
        keys = [key for shape in shapes if shape.kind == "table" for key in foreign_keys(shape)]
        return tuple((key.child, key.columns[0], key.parent) for key in keys if len(key.columns) == 1)

    def _not_yet(self, before_ms: int) -> dict[str, int]:
        """How many of the newest rows of each table requests would have written before clock zero, at their rate."""
        found: dict[str, float] = {}
        for service in self._scenario.services.values() if before_ms > 0 else ():
            for endpoint in service.endpoints.values():
                for drawn in endpoint.request.values():
                    if isinstance(drawn, NextOf):
                        found[drawn.next_of] = found.get(drawn.next_of, 0) + endpoint.rps
        return {table: min(self.size(table), int(rps * before_ms / SECOND)) for table, rps in found.items()}

    def present(self) -> tuple[str, ...]:
        """The tables there are now."""
        return _stored(self._catalog)

    def tables_at(self, at_ms: int) -> tuple[str, ...]:
        """The tables there were at a moment."""
        return _stored(self.history.era(at_ms).catalog)

    def put_back(self, copy: str, tables: tuple[str, ...], at_ms: int) -> Effect:
        """Let the copy of a moment take the place of these tables, or of everything."""
        self._shrunk |= {*self._scenario.database.tables}
        self.past.turned_back()
        effect = self._do(PutBack(copy, tables, self._engine.now_ms))
        if not tables:
            self._catalog = self.history.era(at_ms).catalog
        return effect

    def bring(self, copy: str, beside: Mapping[str, str]) -> Effect:
        """Pour the rows of a copy into tables that stand beside."""
        self._beside |= {other: table for table, other in beside.items()}
        return self._do(Brought(copy, beside, self._engine.now_ms))

    def held(self, copy: str, at_ms: int) -> int:
        """How many rows a copy has."""
        self.keep(copy, at_ms)
        names = self.tables_at(at_ms)
        return sum(self.tables().count(f'SELECT 1 FROM "{kept_name(copy, name)}"', 0) for name in names)

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
        spec = self._scenario.database.tables.get(self._beside.get(table, table))
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
            self._added[minute] = self._made().added()
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

    def query(self, sql: str, besides: Mapping[str, Shown] = _NOTHING) -> Listing:
        """A trainee's query, answered from the replica: as the rows were a while ago, when that lags behind.

        `besides` are relations that only whoever judges the run has.
        """
        self._engine.settle_rows()
        engine = self._engine
        asked = sql.lower()
        shown = views(engine.judge.shapes(engine.lineage)) if _of_the_schema(sql) else {}
        shown |= session_views(engine) if "pg_" in asked else {}
        shown |= besides
        read = {name for name, _ in relations(sql)}
        only_views = shown and read and not read & set(self._catalog.relations)
        if self.lag_ms and not only_views:
            with self.as_of(max(0, engine.now_ms - self.lag_ms)) as late:
                return late.rows(sql, engine.now_ms, shown=shown)
        return (self._opened().tables if only_views else self.tables()).rows(sql, engine.now_ms, shown=shown)

    @property
    def lag_ms(self) -> int:
        """How far the replica is behind."""
        return max((spec.by for spec in specs(self._engine.world) if isinstance(spec, ReplicaLag)), default=0)

    def data(self) -> Harm:
        """What operators took away for good, overwrote and dropped, and the rows that the scenario calls wrong."""
        if not self._lost and not self._scenario.wrong:
            return Harm(overwritten=self._overwritten, dropped=self._dropped)
        self._engine.settle_rows()
        return self.tables().harm(self._scenario.wrong, self._engine.now_ms)

    def close(self) -> None:
        """Let go of the child process."""
        if self._making is not None:
            self._making.tables.close()
            self._making = None


def _stored(catalog: Catalog) -> tuple[str, ...]:
    return tuple(name for name, relation in catalog.relations.items() if relation.reads is None)


def _of_the_schema(sql: str) -> bool:
    return "information_schema" in sql.lower()
