"""From a loaded scenario to a production at clock zero. What no seed can change is prepared once."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sim.engine.engine import Engine
from sim.engine.frozen import frozen_program
from sim.engine.mixes import Judgements, Mixes
from sim.engine.rows import Rows
from sim.errors import InvalidInput, Mark, NotModelled, Problem
from sim.journal import Journal, canonical
from sim.judge.book import Book, cache_folder
from sim.judge.judge import Judge
from sim.judge.values import Base, BaseRefused, Lineage, Program, SeedRows, script, seed_rows_decide
from sim.population import Population
from sim.scenario.load import FILE, Loaded
from sim.scenario.model import Endpoint, Job, Scenario, Table
from sim.scenario.syntax import check_sql
from sim.scenario.variants import whole
from sim.tables.columns import Column
from sim.tables.fill import Fills
from sim.tables.filled import Filled, kept
from sim.tables.population import Requests, draw, other_rows
from sim.tables.preview import after
from sim.tables.schema import Catalog
from sim.tables.seeds import Seed, seeds
from sim.tables.tables import Tables
from sim.world import World, opening

BOOK = "verdicts.json"


class Production:
    """Everything about a scenario that is the same in each of its runs: prototypes, base lineage, judgements."""

    def __init__(self, loaded: Loaded, judge: Judge | None = None) -> None:
        self.loaded, self.scenario = loaded, loaded.scenario
        self.fills = Fills(loaded.scenario.database.tables)
        self._own_judge = judge is None
        self.judge = judge or Judge(Book(loaded.folder / BOOK, cache_folder()))
        self.surely_none: dict[tuple[object, ...], bool] = {}
        self._following: dict[tuple[int, str, int], tuple[Catalog, Catalog]] = {}
        self.judgements = Judgements(self.scenario, self.judge, lambda name: self.requests[name])

    @cached_property
    def requests(self) -> Mapping[str, Requests]:
        """The prototypes of every endpoint and job."""
        return {name: draw(self.fills, part.request, name) for name, part in works(self.scenario).items()}

    @cached_property
    def opening_migrations(self) -> Mapping[str, str]:
        """The migrations of the release that serves at clock zero."""
        return opening(self.scenario, 0).migrations

    @cached_property
    def lineage(self) -> Lineage:
        """The schema at clock zero: the base, and the migrations of the release that serves."""
        lineage = Lineage(self._base)
        for name in self.opening_migrations:
            migration = self.scenario.database.migrations[name]
            verdict = self.judge.run(lineage, script(migration.up, transaction=migration.transaction), seed_rows_decide)
            if verdict.refused is not None:
                raise NotModelled(f"the release that serves at clock zero needs {name}: {verdict.refused.message}")
            lineage = verdict.after
        return lineage

    @cached_property
    def preproduction(self) -> Lineage | None:
        """The schema of pre-production, if there is one: production's at clock zero, and what only it has."""
        spec = self.scenario.database.preproduction
        if spec is None or spec.drift is None:
            return self.lineage if spec is not None else None
        verdict = self.judge.run(self.lineage, script(spec.drift, transaction=True), seed_rows_decide)
        if verdict.refused is not None:
            raise NotModelled(f"the drift of pre-production is refused: {verdict.refused.message}")
        return verdict.after

    def sound(self) -> "Production":
        """The same, if PostgreSQL can read all of its SQL and make its tables; else what is wrong, and where."""
        problems = check_sql(self.loaded, lambda sql, expression: self.judge.syntax(sql, expression=expression))
        if not problems:
            problems = [*self._refused_tables()] or [*self._unmodelled_tables()]
        if problems:
            raise InvalidInput(problems)
        self._base  # noqa: B018 - its rows are computed, or it is said which cannot be
        return self

    def _unmodelled_tables(self) -> Iterator[Problem]:
        so_far: dict[str, Table] = {}
        for name, table in self.scenario.database.tables.items():
            so_far[name] = table
            try:
                Fills(so_far).catalog  # noqa: B018 - reading it is the question
            except NotModelled as gap:
                yield Problem(self._ddl(name), str(gap), "see docs/model.md for the types and statements there are")

    def _refused_tables(self) -> Iterator[Problem]:
        tables = self.scenario.database.tables
        try:
            self.judge.shapes(Lineage(Base(_statements(tables))))
        except BaseRefused as refused:
            name = next((name for name, spec in tables.items() if refused.statement in spec.ddl), next(iter(tables)))
            yield Problem(
                self._ddl(name), f"PostgreSQL refuses it with {refused.sqlstate}: {refused.message}", "mend it"
            )

    def _ddl(self, table: str) -> Mark:
        return self.loaded.marks.value(("database", "tables", table, "ddl"))

    @cached_property
    def _base(self) -> Base:
        statements = _statements(self.scenario.database.tables)
        rows = {name: self._complete(name, seed) for name, seed in seeds(self.fills, self.requests.values()).items()}
        return Base(statements, {name: seed for name, seed in rows.items() if seed.values})

    def _complete(self, table: str, seed: Seed) -> SeedRows:
        """Seed rows with the columns that only SQL can compute."""
        if not seed.expressions or not seed.values:
            return SeedRows(seed.columns, seed.values)
        columns = {name: tuple(row[index] for row in seed.values) for index, name in enumerate(seed.columns)}
        relation = self.fills.catalog.relation(table)
        kinds = {name: str(relation.field(name).type) for name in seed.columns}
        population = Population(columns, kinds, len(seed.values))
        asked = frozen_program(Program((), {}, seed.expressions), self.scenario.clock.starts)
        trial = self.judge.try_out(Lineage(Base(())), asked, population)
        if any(trial.stops):
            raise InvalidInput([self._refused_fill(table, asked.derived, population)])
        computed = [
            [distinct[at] for at in index] for distinct, index in (trial.values[name] for name, _ in seed.expressions)
        ]
        names = (*seed.columns, *(name for name, _ in seed.expressions))
        return SeedRows(
            names, tuple((*row, *(column[at] for column in computed)) for at, row in enumerate(seed.values))
        )

    def _refused_fill(self, table: str, expressions: tuple[tuple[str, str], ...], population: Population) -> Problem:
        """Which column's SQL PostgreSQL cannot compute for the rows: the first one with which it fails."""
        trials = (
            (column, self.judge.try_out(Lineage(Base(())), Program((), {}, expressions[:number]), population))
            for number, (column, _) in enumerate(expressions, start=1)
        )
        column, trial = next((column, trial) for column, trial in trials if any(trial.stops))
        (_, state), message = next(iter(trial.messages.items()))
        filled = column in self.scenario.database.tables[table].fill
        at = ("database", "tables", table, "fill", column) if filled else ("database", "tables", table, "ddl")
        what = f"PostgreSQL cannot compute {column} for every row: {state} {message}"
        return Problem(self.loaded.marks.value(at), what, "let it work for each row that the other columns make")

    def other_rows(self, name: str, minute: int, added: Mapping[str, int]) -> Mapping[str, Column]:
        """The rows that the prototypes of a work point at in a minute; in the first, those they were drawn with."""
        return other_rows(self.fills, works(self.scenario)[name].request, name, minute, added) if minute else {}

    @cached_property
    def fingerprint(self) -> str:
        """What the scenario says, as a journal names it."""
        return fingerprint(self.loaded.folder)

    @cached_property
    def catalog(self) -> Catalog:
        """What the tables know of the schema at clock zero."""
        catalog = self.fills.catalog
        for number, name in enumerate(self.opening_migrations):
            for statement in script(self.scenario.database.migrations[name].up, transaction=True).statements:
                catalog = after(catalog, statement, number)
        return catalog

    def following(self, catalog: Catalog, statement: str, number: int) -> Catalog:
        """What the tables know of the schema after one more statement; NotModelled where they cannot follow."""
        key = (id(catalog), statement, number)
        if key not in self._following:
            self._following[key] = (catalog, after(catalog, statement, number))
        return self._following[key][1]

    @cached_property
    def filled(self) -> Filled:
        """The tables at clock zero, the migrations of the release that serves applied."""
        scenario = self.scenario
        ups = [scenario.database.migrations[name].up for name in opening(scenario, 0).migrations]
        statements = [statement for up in ups for statement in script(up, transaction=True).statements]
        return kept(self.fills, scenario.clock.starts, scenario.facts, statements, scenario.clock.jumps)

    def tables(self) -> Tables:
        """The tables of one run, at clock zero."""
        return Tables(self.filled)

    def start(self, seed: int, journal: Journal) -> Engine:
        """A fresh run at clock zero."""
        world: World = opening(self.scenario, seed)
        rows = Rows(self, seed)
        mixes = Mixes(self.judgements, rows)
        return Engine(world, self.lineage, self.judge, mixes, rows, journal, self.loaded.assets, self)

    def close(self) -> None:
        """Stop the judge's server, unless somebody lent us the judge."""
        if self._own_judge:
            self.judge.close()


def _statements(tables: Mapping[str, Table]) -> tuple[str, ...]:
    return tuple(one for table in tables.values() for one in script(table.ddl, transaction=False).statements)


def works(scenario: Scenario) -> dict[str, Endpoint | Job]:
    """Every endpoint and job by name."""
    endpoints = {name: part for service in scenario.services.values() for name, part in service.endpoints.items()}
    return {**endpoints, **scenario.jobs}


def fingerprint(folder: Path) -> str:
    """What the scenario says, whatever its YAML looks like: layout and comments do not matter."""
    return sha256(canonical(whole(folder / FILE if folder.is_dir() else folder).data).encode()).hexdigest()[:16]
