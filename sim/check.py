"""What is wrong with a scenario: its text, its SQL, its base, its good day, its plays, and whether it is fair."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sim.engine.assembly import Production
from sim.errors import InvalidInput, Problem
from sim.facts import AlertFired
from sim.fairness import unfair
from sim.journal import Journal
from sim.playset import Grader, absent, unexpected, unreadable
from sim.prove.degenerate import resolved_by_nothing
from sim.scenario.key_file import FILE as KEY_FILE
from sim.scenario.key_file import KeyFile, read_key
from sim.scenario.load import FILE, Loaded, load
from sim.scenario.model import Scenario
from sim.scenario.variants import base_of
from sim.session import Progress
from sim.stage import Stage
from sim.traffic.values import Tally
from sim.unmodelled import unmodelled

SEEDS = (1, 2, 3)
LOUD = ("deploy", "shift_traffic", "scale", "fault", "set_flag")


@dataclass
class Report:
    """Everything found: problems that must be mended, notes on what stays unmodelled, and what is not written yet."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def check(path: Path, *, quick: bool = False, tell: Progress = lambda _: None, grader: Grader | None = None) -> Report:
    """Check a scenario; a file that cannot be read as one is InvalidInput, what the rest finds is a report.

    A quick check carries out no plays. What plays expect of their points is for the `grader` to say.
    """
    report = Report()
    loaded = load(path, SEEDS[0])
    production = Production(loaded)
    try:
        report.problems += [*_texts(production), *unreadable(loaded)]
        file = _key(loaded, report)
        if not report.problems:
            report.notes += unmodelled(production)
            report.problems += [problem for seed in SEEDS for problem in _good_day(path, seed, production)]
            with Stage(path, production.judge) as stage:
                if file is not None:
                    report.problems += unfair(stage, _calm(path, SEEDS[0]), file, tell)
                if not quick:
                    report.problems += unexpected(stage, tell, grader=grader)
                if not quick and not _is_variant(loaded):  # that nobody has to act may be the point of a variant
                    report.problems += too_easy(stage, tell)
    finally:
        production.close()
    report.problems += _lacking(loaded, file, report)
    return report


def too_easy(stage: Stage, tell: Progress) -> Iterator[Problem]:
    """What mends nothing and counts as resolved all the same, found in the catalogue whatever plays there are."""
    tell("what mends nothing")
    for sentence in resolved_by_nothing(stage, SEEDS[:1]):
        where = stage.loaded(SEEDS[0]).marks.key(("done",))
        yield Problem(where, sentence, "let `done:` ask for what the users are owed")


def _key(loaded: Loaded, report: Report) -> KeyFile | None:
    try:
        return read_key(loaded.folder, loaded.scenario)
    except InvalidInput as error:
        report.problems += error.problems
        return None


def _lacking(loaded: Loaded, file: KeyFile | None, report: Report) -> Iterator[Problem]:
    """With its key a scenario is meant to be taught, and wants all kinds of plays; without, it may still grow.

    A variant shows how something is prevented, and needs neither.
    """
    lacking = list(absent(loaded.folder))
    if file is not None:
        where = file.marks.key(("scenario",))
        yield from (Problem(where, f"a scenario with a key needs {one}", "write it") for one in lacking)
    elif not _is_variant(loaded) and not (loaded.folder / KEY_FILE).exists():
        report.missing += ["key.yaml, so that nobody knows whether it is fair", *lacking]


def _is_variant(loaded: Loaded) -> bool:
    text = loaded.folder / FILE
    return base_of(text) != text


def _texts(production: Production) -> Iterator[Problem]:
    """What PostgreSQL says of the SQL and the tables."""
    try:
        production.sound()
    except InvalidInput as error:
        yield from error.problems


def quiet(scenario: Scenario) -> Scenario:
    """The same system on a day on which nothing is deployed, nothing breaks and nobody touches it."""
    story = tuple(line for line in scenario.story if not any(getattr(line, deed) is not None for deed in LOUD))
    return scenario.model_copy(update={"story": story})


def _calm(path: Path, seed: int) -> Loaded:
    loaded = load(path, seed)
    return Loaded(quiet(loaded.scenario), loaded.marks, loaded.folder, loaded.params)


def _good_day(path: Path, seed: int, production: Production) -> Iterator[Problem]:
    """An alert, or an error beyond the declared background, is a defect of the scenario."""
    loaded, calm = load(path, seed), _calm(path, seed)
    healthy = Production(calm, production.judge)
    engine = healthy.start(seed, Journal.at(None, {}))
    engine.run_to(calm.scenario.clock.limit)
    engine.settle()
    where = loaded.marks.key(("services",))
    for entry in engine.journal.entries:
        if isinstance(entry.fact, AlertFired):
            yield Problem(
                where,
                f"on a good day (seed {seed}) an alert fires: {entry.fact.alert}",
                "raise its threshold, or lower the background",
            )
    for name, work in engine.world.work.items():
        if work.open or work.overdue:
            what = f"{work.open} of {work.due} items of {name} stay open, {work.overdue} are overdue"
            hint = "what becomes due on a good day is done in time"
            yield Problem(loaded.marks.key(("jobs", name)), f"on a good day (seed {seed}) {what}", hint)
    for name in (name for service in calm.scenario.services.values() for name in service.endpoints):
        yield from _beyond_background(loaded, name, seed, engine.traffic.tally(name, 0, engine.now_ms // 1000))
    engine.close()
    healthy.close()


def _beyond_background(loaded: Loaded, name: str, seed: int, tally: Tally) -> Iterator[Problem]:
    service = next(key for key, spec in loaded.scenario.services.items() if name in spec.endpoints)
    background = loaded.scenario.services[service].endpoints[name].background
    where = loaded.marks.key(("services", service, "endpoints", name))
    for error, count in tally.errors.items():
        if background is None or error != background.cause:
            yield Problem(
                where,
                f"on a good day (seed {seed}) {count} of {tally.total} requests of {name} fail with {error}",
                "only the declared background may fail; what is bad comes by the story",
            )
    if tally.harmed:
        yield Problem(
            where, f"on a good day (seed {seed}) {tally.harmed} of {tally.total} requests of {name} hurt somebody"
        )
