"""What a build does to the requests of one endpoint or job in this world: population → judge → share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Protocol

from sim.engine.frozen import frozen_program
from sim.engine.relations import relations, writes
from sim.judge.values import Line, Lineage, Program, Trial
from sim.population import Population
from sim.scenario.build import Act, Build, Gone, Work, label, reads_rows, work
from sim.scenario.model import Scenario, Step
from sim.tables.columns import Column
from sim.tables.population import Requests
from sim.traffic.fold import Folded, Variant, error_name, fold
from sim.traffic.values import Regime
from sim.world import World

Combination = frozenset[str]
Columns = Mapping[str, Column]
STAYS: Gone = frozenset()


class AsksRows(Protocol):
    """Whoever knows the rows: which ones the prototypes point at in a minute, and where a guard holds."""

    def others(self, name: str, minute: int) -> Columns: ...
    def bits(self, line: Line, judged: "Judged", on: Combination, columns: Columns) -> bytes: ...


class TriesOut(Protocol):
    """The judge, as this room sees it."""

    def try_out(self, lineage: Lineage, program: Program, population: Population) -> Trial: ...


@dataclass(frozen=True)
class Judged:
    """A work judged on a lineage: one trial for each combination of the flags that it looks at."""

    work: Work
    requests: Requests
    trials: Mapping[Combination, Trial]
    programs: Mapping[Combination, Program]

    @property
    def over_rows(self) -> bool:
        """Whether rows decide about some request."""
        return any(act.over_rows for act in self.work.acts)


class Judgements:
    """What is the same in every run of a scenario: steps, locks, and the judge's findings."""

    def __init__(self, scenario: Scenario, judge: TriesOut, draw: Callable[[str], Requests]) -> None:
        self._scenario, self._judge, self._draw = scenario, judge, draw
        self._works: dict[tuple[str, Build, Gone], Work] = {}
        self._locks: dict[tuple[str, Build], tuple[tuple[str, str], ...]] = {}
        self._judged: dict[tuple[str, Build, str, Gone], Judged] = {}
        self._labels: dict[Build, str] = {}
        self._writes: dict[tuple[str, Build], bool] = {}
        self.folded: dict[tuple[object, ...], Folded] = {}
        self.regimes: dict[tuple[object, ...], Regime] = {}

    def work(self, name: str, build: Build, gone: Gone = STAYS) -> Work:
        """The steps of an endpoint or job in a build, while some SDK versions are gone."""
        if (name, build, gone) not in self._works:
            self._works[name, build, gone] = work(self._scenario, name, build, gone)
        return self._works[name, build, gone]

    def locks(self, name: str, build: Build) -> tuple[tuple[str, str], ...]:
        """The tables and lock modes of a work's statements in a build."""
        if (name, build) not in self._locks:
            found = (lock for sql in self.work(name, build).statements for lock in relations(sql))
            self._locks[name, build] = tuple(dict.fromkeys(found))
        return self._locks[name, build]

    @cached_property
    def over_rows(self) -> bool:
        """Whether some guard of the scenario reads rows."""
        scenario = self._scenario
        written = [part.steps for service in scenario.services.values() for part in service.endpoints.values()]
        written += [job.steps for job in scenario.jobs.values()]
        changed = [
            steps
            for change in (*scenario.changes.values(), *scenario.fixes.values())
            for steps in change.steps.values()
        ]
        every = [step for steps in (*written, *changed) for step in steps.values()]
        return any(step.when is not None and reads_rows(step.when) for step in every)

    def label(self, build: Build) -> str:
        """How a build is called."""
        if build not in self._labels:
            self._labels[build] = label(self._scenario, build)
        return self._labels[build]

    def writes(self, name: str, build: Build) -> bool:
        """Whether a work leaves rows behind in a build."""
        if (name, build) not in self._writes:
            self._writes[name, build] = any(writes(sql) for sql in self.work(name, build).statements)
        return self._writes[name, build]

    def judged(self, name: str, build: Build, lineage: Lineage, gone: Gone = STAYS) -> Judged:
        """The judge's findings for every combination of the flags that this work looks at."""
        key = (name, build, lineage.key, gone)
        if key not in self._judged:
            self._judged[key] = self._try_out(self.work(name, build, gone), lineage)
        return self._judged[key]

    def _try_out(self, work_: Work, lineage: Lineage) -> Judged:
        requests = self._draw(work_.name)
        programs, trials = {}, {}
        for on in combinations_of(work_.flags):
            flags = {flag: flag in on for flag in work_.flags}
            answer = requests.answer(on)
            programs[on] = _program(work_, answer.derived, flags)
            asked = frozen_program(programs[on], self._scenario.clock.starts)
            trials[on] = self._judge.try_out(lineage, asked, answer.population)
        return Judged(work_, requests, trials, programs)

    def messages(self, name: str, build: Build, lineage: Lineage, error: str, gone: Gone = STAYS) -> list[str]:
        """What lies behind an error of this work: PostgreSQL's message and the statement, or what the code said."""
        judged = self.judged(name, build, lineage, gone)
        found = [act.raises for act in judged.work.acts if act.raises and error_name(act.raises) == error]
        for trial in judged.trials.values():
            for (line, sqlstate), message in trial.messages.items():
                if sqlstate == error:
                    found += [message, *(f"in {line}: {act.step.sql}" for act in judged.work.acts if act.name == line)]
        return list(dict.fromkeys(found))


class Mixes:
    """One run's mixes: the judgements folded under the world's flags and, where guards read rows, its rows."""

    def __init__(self, judgements: Judgements, rows: AsksRows) -> None:
        self.judgements, self._rows = judgements, rows
        self._folded: dict[tuple[object, ...], Folded] = {}
        self.regimes: dict[tuple[object, ...], Regime] = {}

    def of(self, name: str, build: Build, lineage: Lineage, world: World) -> Folded:
        """The mix of outcomes now, and which prototypes pass."""
        gone = switched_off(world)
        judged = self.judgements.judged(name, build, lineage, gone)
        percents = tuple(world.flags.get(flag, 0) for flag in judged.work.flags)
        known = self._folded if judged.over_rows else self.judgements.folded
        key = (name, build, lineage.key, gone, percents, world.rows_moved if judged.over_rows else None)
        if key not in known:
            columns = self._rows.others(name, world.rows_moved) if judged.over_rows else {}
            known[key] = self._fold(judged, world, columns)
        return known[key]

    def of_items(self, name: str, build: Build, lineage: Lineage, world: World) -> Folded:
        """The same for the items of a job: each keeps its rows, and guards that read rows read them now."""
        judged = self.judgements.judged(name, build, lineage, switched_off(world))
        return self._fold(judged, world, {}) if judged.over_rows else self.of(name, build, lineage, world)

    def _fold(self, judged: Judged, world: World, columns: Columns) -> Folded:
        percents = {flag: world.flags.get(flag, 0) for flag in judged.work.flags}
        variants = {on: self._variant(judged, on, percents, columns) for on in judged.trials}
        return fold(variants, percents)

    def _variant(self, judged: Judged, on: Combination, percents: Mapping[str, int], columns: Columns) -> Variant:
        trial, program = judged.trials[on], judged.programs[on]
        population = judged.requests.answer(on).population
        guards = dict(trial.guards)
        for line in program.lines:
            if line.over_rows and line.guard is not None:
                reached = given_to_some(on, percents) and reached_by_some(trial, program, line)
                guards[line.name] = self._rows.bits(line, judged, on, columns) if reached else bytes(len(trial.stops))
        delays = {act.name: act.step.retry.times * act.step.retry.after for act in judged.work.acts if act.step.retry}
        return Variant(program.lines, trial.stops, trial.codes, guards, delays, population.columns["bucket"])


def switched_off(world: World) -> Gone:
    """The SDK versions that their providers have switched off."""
    ended = (ailment.fault.spec.ends() for ailment in world.faults)
    return frozenset(one for one in ended if one is not None)


def combinations_of(flags: tuple[str, ...]) -> list[Combination]:
    """Every way these flags can be on or off."""
    return [frozenset(chosen) for size in range(len(flags) + 1) for chosen in combinations(flags, size)]


def given_to_some(on: Combination, percents: Mapping[str, int]) -> bool:
    """Whether any bucket has just these flags on."""
    low = max((percent for flag, percent in percents.items() if flag not in on), default=0)
    return low < min((percent for flag, percent in percents.items() if flag in on), default=100)


def reached_by_some(trial: Trial, program: Program, line: Line) -> bool:
    """Whether any prototype comes as far as a line; what nobody reaches is not asked."""
    order = [one.name for one in program.lines]
    before = set(order[: order.index(line.name)])
    early = {number for number, (name, _) in enumerate(trial.codes, start=1) if name in before or name not in order}
    return any(stop not in early for stop in trial.stops)


def _program(work_: Work, derived: tuple[tuple[str, str], ...], flags: Mapping[str, bool]) -> Program:
    lines = tuple(_line(act) for act in work_.acts if passes(act.step, flags))
    return Program(lines=lines, flags=flags, derived=derived)


def passes(step: Step, flags: Mapping[str, bool]) -> bool:
    """Whether the flags let a request through to this step."""
    wanted = step.flag is None or flags[step.flag]
    return wanted and not (step.unless_flag is not None and flags[step.unless_flag])


def _line(act: Act) -> Line:
    step = act.step
    return Line(
        name=act.name, guard=act.guard, raises=act.raises, harms=step.harms, sets=tuple(step.set.items()), sql=step.sql,
        commit=step.commit, over_rows=act.over_rows,
    )  # fmt: skip
