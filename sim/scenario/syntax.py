"""Every SQL text of a scenario, and PostgreSQL's complaints about it at their place in the file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sim.errors import Problem
from sim.scenario.load import Loaded
from sim.scenario.marks import Path
from sim.scenario.model import Database, Endpoint, Job, Scenario, Steps
from sim.scenario.sql import numbered
from sim.scenario.values import Derived, Drawn, IfFlag

Syntax = Callable[[str, bool], tuple[str, int] | None]


@dataclass(frozen=True)
class SqlText:
    """One SQL text of a scenario; an expression stands alone, anything else is one or more statements."""

    path: Path
    text: str
    expression: bool


def check_sql(loaded: Loaded, syntax: Syntax) -> list[Problem]:
    """Ask a PostgreSQL parser about every SQL text; its complaint is put at the very character in the file.

    `syntax(text, expression)` answers None, or PostgreSQL's message and the offset of the character it is about,
    counted from zero. `$name` is handed over as `$1`, padded to its length, which PostgreSQL can parse.
    """
    problems = []
    for sql in texts(loaded.scenario):
        complaint = syntax(numbered(sql.text), sql.expression)
        if complaint is not None:
            message, offset = complaint
            where = loaded.marks.within(sql.path, offset)
            kind = "one expression" if sql.expression else "SQL"
            problems.append(
                Problem(where, f"PostgreSQL says: {message}", f"`{_spelled(sql.path)}` must be {kind} for it")
            )
    return sorted(set(problems))


def _spelled(path: Path) -> str:
    return ".".join(str(part) for part in path)


def texts(scenario: Scenario) -> Iterator[SqlText]:
    """Every SQL text of a scenario, block by block."""
    yield from _of_database(scenario.database)
    questions: dict[Path, str | None] = {("facts",): scenario.facts}
    questions |= {("wrong", name) if name else ("wrong",): text for name, text in scenario.wrong.items()}
    questions |= {("invariants", name): text for name, text in scenario.invariants.items()}
    for path, question in questions.items():
        if question:
            yield SqlText(path, question, expression=False)
    for path, work in _works(scenario):
        yield from _drawn((*path, "request"), work.request)
        yield from _steps((*path, "steps"), work.steps)
    for block in ("changes", "fixes"):
        for name, change in getattr(scenario, block).items():
            for part, steps in change.steps.items():
                yield from _steps((block, name, "steps", part), steps)
    for name, job in scenario.jobs.items():
        if job.sql:
            yield SqlText(("jobs", name, "sql"), job.sql, expression=False)


def _of_database(database: Database) -> Iterator[SqlText]:
    for name, table in database.tables.items():
        yield SqlText(("database", "tables", name, "ddl"), table.ddl, expression=False)
        yield from _drawn(("database", "tables", name, "fill"), table.fill)
    if database.preproduction is not None and database.preproduction.drift is not None:
        yield SqlText(("database", "preproduction", "drift"), database.preproduction.drift, expression=False)
    for name, migration in database.migrations.items():
        for key in ("shown", "up", "down"):
            if text := getattr(migration, key):
                yield SqlText(("database", "migrations", name, key), text, expression=False)


def _works(scenario: Scenario) -> Iterator[tuple[Path, Endpoint | Job]]:
    for service_name, service in scenario.services.items():
        for name, endpoint in service.endpoints.items():
            yield ("services", service_name, "endpoints", name), endpoint
    for name, job in scenario.jobs.items():
        yield ("jobs", name), job


def _steps(at: Path, steps: Steps) -> Iterator[SqlText]:
    for name, step in steps.items():
        if step.when:
            yield SqlText((*at, name, "when"), step.when, expression=True)
        for attribute, text in step.set.items():
            yield SqlText((*at, name, "set", attribute), text, expression=True)
        if step.sql:
            yield SqlText((*at, name, "sql"), step.sql, expression=False)


def _drawn(at: Path, block: Mapping[str, Drawn]) -> Iterator[SqlText]:
    for name, drawn in block.items():
        yield from _derived((*at, name), drawn)


def _derived(at: Path, drawn: Drawn) -> Iterator[SqlText]:
    if isinstance(drawn, Derived):
        yield SqlText((*at, "sql"), drawn.sql, expression=True)
    elif isinstance(drawn, IfFlag):
        yield from _derived((*at, "then"), drawn.then)
        yield from _derived((*at, "else"), drawn.otherwise)
