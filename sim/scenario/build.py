"""A build is a set of changes; what it does to a request follows from the set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sim.scenario.model import Change, Endpoint, Fix, Job, Scenario, Step, Steps
from sim.scenario.values import Derived, Drawn, IfFlag

Build = frozenset[str]
Gone = frozenset[tuple[str, str, str]]
"""SDK versions that nobody answers any more: the SDK, the version, and what a call then fails with."""
_ROWS = re.compile(r"\bselect\b", re.IGNORECASE)
_FLAG = re.compile(r"\bflags\s*\.\s*\"?(\w+)")
NOTHING = "NoSuchMethodError"
MISSING = "NoClassDefFoundError"


def label(scenario: Scenario, build: Build) -> str:
    """The release's name where the set has one; else the nearest release and what differs from it."""
    releases = {name: frozenset(changes) for name, changes in scenario.releases.items()}
    for name, changes in releases.items():
        if changes == build:
            return name
    base = min(releases, key=lambda name: (len(releases[name] ^ build), list(releases).index(name)))
    added = "".join(f"+{change}" for change in sorted(build - releases[base]))
    dropped = "".join(f"-{change}" for change in sorted(releases[base] - build))
    return base + added + dropped


def change_of(scenario: Scenario, name: str) -> Change | Fix:
    """The change or fix of that name."""
    return scenario.changes.get(name) or scenario.fixes[name]


def ordered(scenario: Scenario, build: Build) -> tuple[str, ...]:
    """The set in the order in which its members overrule each other: as written, fixes last."""
    return tuple(name for name in (*scenario.changes, *scenario.fixes) if name in build)


def brings(scenario: Scenario, job: str, build: Build) -> bool:
    """Whether a build has a job at all."""
    change = scenario.jobs[job].part_of
    return change is None or any(change == part or change in change_of(scenario, part).revises for part in build)


def carried(scenario: Scenario, build: Build, serving: Build) -> Build:
    """A release as it is shipped now: fixes that serve are in the code that it is made of, if what they revise is."""
    fixes = [name for name in serving if name in scenario.fixes]
    return build | {name for name in fixes if set(scenario.fixes[name].revises) - set(scenario.fixes) <= build}


def sdks(scenario: Scenario, build: Build) -> dict[str, str]:
    """The SDK versions this build runs with: the oldest known one unless a change of the set moved it."""
    versions = {name: next(iter(known)) for name, known in scenario.sdks.items()}
    for name in ordered(scenario, build):
        versions.update(change_of(scenario, name).sdks)
    return versions


def steps(scenario: Scenario, work: str, original: Steps, build: Build) -> dict[str, Step]:
    """The steps of one endpoint or job in this build, in the order they run."""
    merged = dict(original)
    for name in ordered(scenario, build):
        for step_name, override in change_of(scenario, name).steps.get(work, {}).items():
            if step_name in merged:
                merged[step_name] = _override(merged[step_name], override)
            else:
                merged = _insert(merged, step_name, override)
    return merged


def _override(step: Step, override: Step) -> Step:
    """Key by key; a condition belongs to what it raises, so taking that away takes the condition too."""
    written = {key: getattr(override, key) for key in override.model_fields_set}
    if written.get("raises", step.raises) is None and "raises" in written:
        written.setdefault("when", None)
    return step.model_copy(update=written)


def _insert(merged: dict[str, Step], name: str, step: Step) -> dict[str, Step]:
    order = list(merged)
    if step.before in order:
        order.insert(order.index(step.before), name)
    elif step.after in order:
        order.insert(order.index(step.after) + 1, name)
    else:
        order.append(name)
    return {key: merged.get(key, step) for key in order}


@dataclass(frozen=True)
class Act:
    """One step with the SDK resolved: `raises` may come from the step itself or from a method that is gone."""

    name: str
    step: Step
    raises: str | None
    guard: str | None
    over_rows: bool


@dataclass(frozen=True)
class Work:
    """What one endpoint or job does in one build, and which flags it looks at."""

    name: str
    request: Mapping[str, Drawn]
    acts: tuple[Act, ...]
    flags: tuple[str, ...]
    statements: tuple[str, ...]


def work(scenario: Scenario, name: str, build: Build, gone: Gone = frozenset()) -> Work:
    """Resolve an endpoint or job in a build: steps merged, SDK calls looked up, flags collected."""
    part = _part(scenario, name)
    versions = sdks(scenario, build)
    acts = tuple(
        _act(scenario, step_name, step, versions, gone)
        for step_name, step in steps(scenario, name, part.steps, build).items()
    )
    flags = {flag for act in acts for flag in _flags_of_step(act.step)} | {
        flag for drawn in part.request.values() for flag in _flags_of_drawn(drawn)
    }
    statements = tuple(act.step.sql for act in acts if act.step.sql)
    return Work(name, part.request, acts, tuple(flag for flag in scenario.flags if flag in flags), statements)


def _part(scenario: Scenario, name: str) -> Endpoint | Job:
    for service in scenario.services.values():
        if name in service.endpoints:
            return service.endpoints[name]
    return scenario.jobs[name]


def _act(scenario: Scenario, name: str, step: Step, versions: Mapping[str, str], gone: Gone) -> Act:
    raises, guard = step.raises, step.when
    if step.calls:
        sdk, _, method = step.calls.partition(" ")
        broken = _resolve(scenario.sdks[sdk], versions[sdk], method.replace(" ", ""))
        causes = [cause for name, version, cause in sorted(gone) if (name, version) == (sdk, versions[sdk])]
        broken = broken or next(iter(causes), None)
        raises, guard = broken or step.raises, guard if only_calls(step) or not broken else None
    over_rows = guard is not None and reads_rows(guard)
    return Act(name, step, raises, guard, over_rows)


def only_calls(step: Step) -> bool:
    """Whether the condition of a step says which requests make its call, since there is nothing else it could guard."""
    return step.raises is None and step.harms is None


def reads_rows(guard: str) -> bool:
    """Whether a guard asks the tables."""
    return _ROWS.search(guard) is not None


def _resolve(known: Mapping[str, tuple[str, ...]], version: str, method: str) -> str | None:
    """What a call meets at run time: the method, a missing method, or a class that this version does not have."""
    methods = [candidate.replace(" ", "") for candidate in known[version]]
    if method in methods:
        return None
    mentioned = set(re.findall(r"\w+", method.partition("(")[2]))
    types_here = {word for candidate in methods for word in re.findall(r"\w+", candidate.partition("(")[2])}
    return f"{NOTHING}: {method}" if mentioned <= types_here else f"{MISSING}: {min(mentioned - types_here)}"


def _flags_of_step(step: Step) -> set[str]:
    texts = [text for text in (step.when, *step.set.values()) if text]
    gates = {gate for gate in (step.flag, step.unless_flag) if gate is not None}
    return gates | {found for text in texts for found in _FLAG.findall(text)}


def _flags_of_drawn(drawn: Drawn) -> set[str]:
    if isinstance(drawn, IfFlag):
        return {drawn.if_flag} | _flags_of_drawn(drawn.then) | _flags_of_drawn(drawn.otherwise)
    return set(_FLAG.findall(drawn.sql)) if isinstance(drawn, Derived) else set()
