"""Rules for tables, requests, services, pools and people."""

from collections import Counter
from collections.abc import Mapping

from sim.errors import nearest
from sim.scenario.marks import Path
from sim.scenario.model import Service
from sim.scenario.pipeline import deed
from sim.scenario.references import Inspection
from sim.scenario.sql import columns, flags_named, parameters
from sim.scenario.values import Between, Choice, Derived, Drawn, Faked, IfFlag, NextOf, RowOf

_RESERVED = {"bucket": "the flag bucket", "flags": "the flags"}


def inspect(check: Inspection) -> None:
    """Every rule of this file."""
    _tables(check)
    _database(check)
    _services(check)
    _pools(check)
    for tag, release in check.scenario.tags.items():
        check.knows("release", release, ("tags", tag))
        if tag in check.names["release"]:
            check.say(("tags", tag), f"{tag!r} is a release too", "give the tag another name", key=True)
    for name, job in check.scenario.jobs.items():
        _request(check, ("jobs", name, "request"), job.request)
        if name in check.names["endpoint"]:
            check.say(("jobs", name), f"{name!r} is an endpoint too", "give the job another name", key=True)
        if job.service is not None:
            check.knows("service", job.service, ("jobs", name, "service"))
        if job.part_of is not None:
            check.knows("change", job.part_of, ("jobs", name, "part_of"))
        if job.sql is not None and (job.steps or job.request):
            check.say(
                ("jobs", name, "sql"), "a job that sends SQL has no requests and no steps", "take one of them away"
            )
    for name, person in check.scenario.people.items():
        if not isinstance(person.name, str | Faked | Choice):
            what = "a person's name cannot be drawn in this way"
            check.say(("people", name, "name"), what, "write a name, {faker: name} or {choice: [Ada, Grace]}")
    _queries(check)


def _tables(check: Inspection) -> None:
    for name, table in check.scenario.database.tables.items():
        at: Path = ("database", "tables", name)
        created = columns(table.ddl)
        if name not in created:
            check.say((*at, "ddl"), f"this DDL does not create the table {name!r}", f"begin with CREATE TABLE {name} (")
        known = created.get(name)
        for column, drawn in table.fill.items():
            if known is not None and column not in known:
                where = (*at, "fill", column)
                _unknown(check, where, f"the table {name!r} has no column {column!r}", column, known)
            _drawn(check, (*at, "fill", column), drawn, in_table=True)


def _unknown(check: Inspection, at: Path, what: str, name: str, known: tuple[str, ...]) -> None:
    check.say(at, what, nearest(name, known, f"its columns: {', '.join(known)}"), key=True)


def _database(check: Inspection) -> None:
    database = check.scenario.database
    for name, backup in database.backups.items():
        if backup.at > check.limit_ms:
            check.say(
                ("database", "backups", name, "at"),
                "this backup is taken after the time limit",
                "take it earlier, before clock zero like -12h, or raise clock.limit",
            )
    names = Counter(session.name for session in database.sessions)
    for index, session in enumerate(database.sessions):
        at: Path = ("database", "sessions", index)
        for table in session.holds:
            check.knows("table", table, (*at, "holds", table), key=True)
        if session.start > check.limit_ms:
            check.say(
                (*at, "from"), "this session begins after the time limit", "begin it earlier, or raise clock.limit"
            )
        if names[session.name] > 1:
            check.say((*at, "name"), f"two sessions are called {session.name!r}", "give each a name of its own")


def _services(check: Inspection) -> None:
    seen = Counter(check.names["endpoint"])
    for name, service in check.scenario.services.items():
        at: Path = ("services", name)
        if service.release is not None:
            check.knows("release", service.release, (*at, "release"))
        if service.source is not None:
            check.inside(service.source, (*at, "source"), folder=True)
        _pipeline(check, at, service)
        for path, endpoint in service.endpoints.items():
            where: Path = (*at, "endpoints", path)
            if seen[path] > 1:
                check.say(
                    where, f"two services have the endpoint {path!r}", "write the service into the name", key=True
                )
            _request(check, (*where, "request"), endpoint.request)


def _pipeline(check: Inspection, at: Path, service: Service) -> None:
    for name, stage in service.pipeline.items():
        if stage.migration is not None:
            check.knows("migration", stage.migration, (*at, "pipeline", name, "migration"))
    deeds = [deed(name, stage) for name, stage in service.stages.items()]
    if "deploy" not in deeds:
        check.say((*at, "pipeline"), "no stage of this pipeline deploys", "write a stage `deploy: {}`", key=True)
    if service.smoke and "smoke" not in deeds:
        check.say((*at, "smoke"), "no stage asks these checks", "write a stage `smoke: {}`", key=True)
    for name, asked in service.smoke.items():
        if asked.endpoint not in service.endpoints:
            check.say(
                (*at, "smoke", name, "endpoint"),
                f"this service has no endpoint {asked.endpoint!r}",
                nearest(asked.endpoint, list(service.endpoints), f"its endpoints: {', '.join(service.endpoints)}"),
            )


def _pools(check: Inspection) -> None:
    scenario = check.scenario
    for name, pool in scenario.pools.items():
        check.knows("release", pool.release, ("pools", name, "release"))
        if pool.service is not None:
            check.knows("service", pool.service, ("pools", name, "service"))
    for service in scenario.services:
        weights = {name: pool.weight for name, pool in scenario.pools.items() if pool.service in {None, service}}
        if weights and sum(weights.values()) != 100:
            first = next(iter(weights))
            what = f"the weights of the pools of {service!r} add up to {sum(weights.values())}"
            check.say(("pools", first, "weight"), what, "let them add up to 100")


def _request(check: Inspection, at: Path, request: Mapping[str, Drawn]) -> None:
    for name, drawn in request.items():
        if name in _RESERVED:
            check.say((*at, name), f"{name!r} always means {_RESERVED[name]}", "choose another name", key=True)
        _drawn(check, (*at, name), drawn, in_table=False)


def _drawn(check: Inspection, at: Path, drawn: Drawn, *, in_table: bool) -> None:
    match drawn:
        case RowOf(row_of=table):
            check.knows("table", table, (*at, "row_of"))
        case NextOf(next_of=table):
            check.knows("table", table, (*at, "next_of"))
        case Between():
            check.say(
                at, "a range is drawn once a run, and this value for each row or request", "write {uniform: [a, b]}"
            )
        case Derived(sql=text):
            expression(check, (*at, "sql"), text)
        case IfFlag(if_flag=flag):
            if in_table:
                check.say(at, "a row has no flags", "write {choice: {…}}")
            check.knows("flag", flag, (*at, "if_flag"))
            _drawn(check, (*at, "then"), drawn.then, in_table=in_table)
            _drawn(check, (*at, "else"), drawn.otherwise, in_table=in_table)


def expression(check: Inspection, at: Path, text: str) -> None:
    """A guard, a `set` or a derived value: bare names, known flags."""
    for name, offset in flags_named(text):
        check.knows("flag", name, at, offset=offset)
    for name, offset in parameters(text):
        check.say(at, f"${name} stands in an expression", f"here an attribute is written bare: {name}", offset=offset)


def _queries(check: Inspection) -> None:
    texts: dict[Path, str | None] = {("facts",): check.scenario.facts}
    texts |= {("wrong", name) if name else ("wrong",): text for name, text in check.scenario.wrong.items()}
    texts |= {("invariants", name): text for name, text in check.scenario.invariants.items()}
    for at, text in texts.items():
        for name, offset in parameters(text or ""):
            check.say(at, f"${name} stands in a question about rows", "it knows tables only, no request", offset=offset)
