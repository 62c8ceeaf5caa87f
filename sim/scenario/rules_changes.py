"""Rules for changes, fixes, releases and the steps they write."""

from collections.abc import Iterator
from typing import Any

from sim.errors import nearest
from sim.scenario import build
from sim.scenario.marks import Path
from sim.scenario.model import Change, Fix, Step, Steps
from sim.scenario.references import Inspection
from sim.scenario.rules_data import expression
from sim.scenario.sql import parameters

_PLACING = {"before", "after"}


def inspect(check: Inspection) -> None:
    """Every rule of this file."""
    for name, change in check.scenario.changes.items():
        _change(check, ("changes", name), name, change)
    for name, fix in check.scenario.fixes.items():
        _change(check, ("fixes", name), name, fix)
        if fix.by is not None:
            check.knows("person", fix.by, ("fixes", name, "from"))
        if name in check.names["change"]:
            check.say(("fixes", name), f"{name!r} is a change too", "give the fix another name", key=True)
    _releases(check)
    _conflicts(check)
    for work, at, steps in _works(check):
        for step_name, step in steps.items():
            _step(check, (*at, step_name), step)
            _complete(check, (*at, step_name), step)
        for chosen in _variants(check):
            _Assembly(check, work, at, steps).run(chosen)


def _works(check: Inspection) -> Iterator[tuple[str, Path, Steps]]:
    for service_name, service in check.scenario.services.items():
        for name, endpoint in service.endpoints.items():
            yield name, ("services", service_name, "endpoints", name, "steps"), endpoint.steps
    for name, job in check.scenario.jobs.items():
        yield name, ("jobs", name, "steps"), job.steps


def _change(check: Inspection, at: Path, name: str, change: Change | Fix) -> None:
    if change.migration is not None:
        check.knows("migration", change.migration, (*at, "migration"))
    if change.diff is not None:
        check.inside(change.diff, (*at, "diff"), folder=False)
    for sdk, version in change.sdks.items():
        if check.knows("SDK", sdk, (*at, "sdks", sdk), key=True) and version not in check.scenario.sdks.get(sdk, {}):
            known = list(check.scenario.sdks.get(sdk, {}))
            hint = nearest(version, known, f"its versions: {', '.join(known)}")
            check.say((*at, "sdks", sdk), f"{sdk} has no version {version!r}", hint)
    _revises(check, at, name, change)
    works = [*check.names["endpoint"], *check.names["job"]]
    for work, steps in change.steps.items():
        if work not in works:
            hint = nearest(work, works, f"known here: {', '.join(works)}")
            check.say((*at, "steps", work), f"there is no endpoint or job {work!r}", hint, key=True)
        for step_name, step in steps.items():
            _step(check, (*at, "steps", work, step_name), step)


def _revises(check: Inspection, at: Path, name: str, change: Change | Fix) -> None:
    order = [*check.names["change"], *check.names["fix"]]
    for index, other in enumerate(change.revises):
        where = check.marks.values.get((*at, "revises", index))
        place: Path = (*at, "revises", index) if where else (*at, "revises")
        if other not in order:
            hint = nearest(other, order, f"known here: {', '.join(order)}")
            check.say(place, f"there is no change {other!r}", hint)
        elif name in order and order.index(other) >= order.index(name):
            check.say(place, f"{other!r} does not stand before {name!r}", "a change revises what is written above it")


def _releases(check: Inspection) -> None:
    for release, changes in check.scenario.releases.items():
        for index, name in enumerate(changes):
            listed: Path = ("releases", release, index)
            at: Path = listed if listed in check.marks.values else ("releases", release)
            if name in check.names["fix"]:
                check.say(
                    at, f"{name!r} is a fix, and nobody has ordered it yet", "write it under `changes:` if it exists"
                )
            elif check.knows("change", name, at) and name in changes[:index]:
                check.say(at, f"{name!r} stands in this release twice", "remove one")


def _conflicts(check: Inspection) -> None:
    """Two changes may write one key of one step only if one says that it revises the other."""
    writers: dict[tuple[str, str, str], list[str]] = {}
    for block in ("changes", "fixes"):
        for name, change in getattr(check.scenario, block).items():
            said: set[Any] = set(_closure(check, name)) if _revises_known(check, change) else set(_known(check))
            for work, step_name, key in _written(change):
                earlier = writers.setdefault((work, step_name, key), [])
                for other in (other for other in earlier if (other, step_name) not in said and other not in said):
                    at: Path = (block, name, "steps", work, step_name, key)
                    what = f"{other} writes {key!r} of the step {step_name!r} too"
                    check.say(at, what, f"say `revises: {other}` if this overrules it", key=True)
                    said.add((other, step_name))
                earlier.append(name)


def _known(check: Inspection) -> dict[str, Change]:
    return {**check.scenario.changes, **check.scenario.fixes}


def _revises_known(check: Inspection, change: Change) -> bool:
    return all(other in _known(check) for other in change.revises)


def _written(change: Change) -> Iterator[tuple[str, str, str]]:
    for work, steps in change.steps.items():
        for step_name, step in steps.items():
            for key in sorted(step.model_fields_set - _PLACING):
                yield work, step_name, key


def _closure(check: Inspection, name: str) -> frozenset[str]:
    """A change with everything that it revises, directly or not."""
    known = _known(check)
    found: list[str] = [name]
    for member in found:
        found += [other for other in known[member].revises if other in known and other not in found]
    return frozenset(found)


def _variants(check: Inspection) -> list[frozenset[str]]:
    """The code as it was, every release, and every change or fix by itself with what it revises."""
    known = {name: change for name, change in _known(check).items() if _revises_known(check, change)}
    releases = [frozenset(name for name in names if name in known) for names in check.scenario.releases.values()]
    return list(dict.fromkeys([frozenset(), *releases, *(_closure(check, name) for name in known)]))


def _step(check: Inspection, at: Path, step: Step) -> None:
    for key, text in (("when", step.when), *((f"set/{name}", text) for name, text in step.set.items())):
        if text is not None:
            expression(check, (*at, *key.split("/")), text)
    if step.flag is not None:
        check.knows("flag", step.flag, (*at, "flag"))
    if step.unless_flag is not None:
        check.knows("flag", step.unless_flag, (*at, "unless_flag"))
    if step.calls is not None:
        _call(check, (*at, "calls"), step.calls)


def _call(check: Inspection, at: Path, call: str) -> None:
    sdk, _, method = call.partition(" ")
    if not check.knows("SDK", sdk, at):
        return
    methods = [known for version in check.scenario.sdks.get(sdk, {}).values() for known in version]
    if method.replace(" ", "") not in [known.replace(" ", "") for known in methods]:
        hint = nearest(method, methods, f"its methods: {', '.join(dict.fromkeys(methods))}")
        check.say(at, f"no version of {sdk} has {method}", hint)


def _complete(check: Inspection, at: Path, step: Step) -> None:
    """A step that stands by itself says what it does."""
    deeds = [key for key in ("sql", "raises", "calls", "harms") if getattr(step, key) is not None]
    if check.mended(at):
        return
    if not deeds and not step.set:
        check.say(at, "this step does nothing", "give it sql, raises, harms, calls or set", key=True)
    if step.raises is not None and step.harms is not None:
        check.say((*at, "harms"), "a step either raises or harms", "make two steps of it", key=True)
    if step.when is not None and step.raises is None and step.harms is None and step.calls is None:
        what = "`when:` guards `raises`, `harms` and `calls`, and this step has none of them"
        check.say((*at, "when"), what, "use `flag:`, or a CASE in the SQL", key=True)


class _Assembly:
    """One endpoint or job put together for one set of changes: every step finds its place and its names."""

    def __init__(self, check: Inspection, work: str, at: Path, steps: Steps) -> None:
        self.check, self.work = check, work
        self.base = {name: (*at, name) for name in steps}
        self.steps = steps

    def run(self, chosen: frozenset[str]) -> None:
        scenario = self.check.scenario
        order, sound = list(self.steps), True
        sources = {name: (*at, "sql") for name, at in self.base.items()}
        for name in build.ordered(scenario, chosen):
            block = "changes" if name in scenario.changes else "fixes"
            for step_name, step in build.change_of(scenario, name).steps.get(self.work, {}).items():
                at: Path = (block, name, "steps", self.work, step_name)
                if step_name not in order:
                    _complete(self.check, at, step)
                    sound &= self._placed(at, step, order)
                    order.append(step_name)
                if "sql" in step.model_fields_set:
                    sources[step_name] = (*at, "sql")
        if sound:
            self._names(build.steps(scenario, self.work, self.steps, chosen), sources)

    def _placed(self, at: Path, step: Step, order: list[str]) -> bool:
        if (step.before is None) == (step.after is None):
            both = step.before is not None
            what = (
                "a new step stands at one place"
                if both
                else f"{at[-1]!r} is a new step, and nothing says where it goes"
            )
            self.check.say(at, what, "remove `before:` or `after:`" if both else self._place_hint(at, order), key=True)
            return False
        key = "before" if step.before is not None else "after"
        anchor = step.before or step.after or ""
        if anchor not in order:
            hint = nearest(anchor, order, f"known at this point: {', '.join(order) or 'none'}")
            self.check.say((*at, key), f"there is no step {anchor!r} at this point", hint)
        return anchor in order

    def _place_hint(self, at: Path, order: list[str]) -> str:
        others = [name for name, change in _known(self.check).items() if at[-1] in change.steps.get(self.work, {})]
        if others[0] != at[1]:
            return f"say `revises: {others[0]}` if its step is meant; a step of your own says before: or after:"
        return f"write before: or after: one of {', '.join(order)}" if order else "give the endpoint a first step"

    def _names(self, steps: Steps, sources: dict[str, Path]) -> None:
        """Every `$name` of a statement is an attribute of the request, or was set before it."""
        if any({"set", "request"} & set(place) for place in self.check.muted):
            return
        known = {"bucket", *self._attributes()}
        for name, step in steps.items():
            known.update(step.set)
            for wanted, offset in parameters(step.sql or ""):
                if wanted not in known:
                    hint = nearest(wanted, sorted(known), "draw it under `request:`, or `set:` it in an earlier step")
                    self.check.say(sources[name], f"nothing provides ${wanted}", hint, offset=offset)

    def _attributes(self) -> list[str]:
        part = self.check.scenario.jobs.get(self.work)
        if part is not None:
            return list(part.request)
        return [name for service in self.check.scenario.services.values() if self.work in service.endpoints
                for name in service.endpoints[self.work].request]  # fmt: skip
