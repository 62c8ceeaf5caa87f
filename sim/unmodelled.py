"""What a scenario leaves unmodelled: questions the tables cannot answer, statements whose rows they cannot keep."""

from collections.abc import Iterator

from sim.clock import HOUR
from sim.engine.assembly import Production, works
from sim.engine.pending import copies, statements
from sim.engine.scripts import parts
from sim.errors import NotModelled
from sim.facts import ScriptSent
from sim.judge.values import Lineage, Script, StatementVerdict, seed_rows_decide
from sim.sampled import sampled
from sim.scenario.build import Build, change_of, ordered
from sim.scenario.cron import parse
from sim.scenario.model import Job, Migration, Scenario
from sim.tables.population import PROTOTYPES
from sim.tables.tables import Tables
from sim.traffic.choose import everybody


def unmodelled(production: Production) -> Iterator[str]:
    """A sentence for each gap."""
    scenario = production.scenario
    gaps: dict[str, list[str]] = {}
    said: dict[str, None] = {}
    for release, changes in scenario.releases.items():
        with production.tables() as tables:
            said.update(dict.fromkeys(_release(production, tables, release, frozenset(changes))))
            for name, gap in _questions(scenario, tables):
                gaps.setdefault(name, []).append(gap)
    yield from said
    yield from (f"{name}: {each[0]}" for name, each in gaps.items() if len(each) == len(scenario.releases))
    for name, job in scenario.jobs.items():
        hours = scenario.clock.limit / HOUR
        items = job.per_hour * hours if job.per_hour is not None else job.batch * _runs(scenario, job)
        if items > PROTOTYPES:
            yield f"{name}: more than {PROTOTYPES} items; after them it meets the same ones again"


def _runs(scenario: Scenario, job: Job) -> int:
    """How often a job with a timetable runs while the story lasts."""
    cron, minute, runs = parse(job.cron or ""), -1, 0
    while (due := cron.next_run(scenario.clock, minute)) is not None and due[0] <= scenario.clock.limit:
        minute, runs = due[1], runs + 1
    return runs


def _questions(scenario: Scenario, tables: Tables) -> Iterator[tuple[str, str]]:
    """What cannot be asked under a release; a question may be about columns that only another one brings."""
    invariants = scenario.invariants.items()
    asked = {f"the invariant {name}": sql for name, sql in invariants if "information_schema" not in sql.lower()}
    asked |= {f"wrong {name}".strip(): sql for name, sql in scenario.wrong.items()}
    for name, sql in asked.items():
        try:
            tables.count(sql, 0)
        except NotModelled as gap:
            yield name, str(gap)


def _judged(production: Production, lineage: Lineage, spec: Migration) -> tuple[list[StatementVerdict], Lineage]:
    """What PostgreSQL says to a migration in the parts in which it is run, and the schema that it leaves."""
    found: list[StatementVerdict] = []
    for part in parts(ScriptSent(session="migration", sql=spec.up, transaction=spec.transaction)):
        verdict = production.judge.run(lineage, Script(part.statements, part.together), seed_rows_decide)
        found, lineage = [*found, *verdict.statements], verdict.after
        if verdict.refused is not None:
            break
    return found, lineage


def _release(production: Production, tables: Tables, release: str, build: Build) -> Iterator[str]:
    """The migrations of a release, and then what its requests write."""
    scenario, lineage = production.scenario, production.lineage
    for name in ordered(scenario, build):
        migration = change_of(scenario, name).migration
        if migration is None:
            continue
        spec = scenario.database.migrations[migration]
        try:
            verdicts, lineage = _judged(production, lineage, spec)
        except NotModelled as gap:
            yield f"{release}, migration {migration}: {gap}"
            continue
        for one in verdicts:
            if one.sqlstate is None:
                try:
                    tables.run(one.statement, 0)
                except NotModelled as gap:
                    yield f"{release}, migration {migration}: {gap}"
    yield from sampled(production, build, lineage)
    for name in works(scenario):
        judged = production.judgements.judged(name, build, lineage)
        for on, trial in judged.trials.items():
            passing = [at for at, stop in enumerate(trial.stops) if stop == 0][:1]
            try:
                first = everybody(judged.requests.answer(on).population.size)[passing]
                tables.append(statements(judged, on) if passing else [], copies(judged, on, first, first * 0, {}))
            except NotModelled as gap:
                yield f"{release}, {name}: {gap}"
