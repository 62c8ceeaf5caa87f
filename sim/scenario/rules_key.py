"""Rules for the answer key: every name in it is known, in the key itself or in the scenario."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.clock import millis, spell
from sim.errors import Problem, nearest
from sim.scenario.marks import Marks
from sim.scenario.marks import Path as Place
from sim.scenario.model import Scenario

_REFERENCES = (("skills", "clues", "clues"), ("conclusions", "clues", "clues"), ("herrings", "refuted_by", "clues"),
               ("preventions", "against", "causes"))  # fmt: skip


def misfits(data: Any, marks: Marks, folder: Path, scenario: Scenario) -> list[Problem]:
    """Every name of a key that leads nowhere; it is asked of the document, so that other mistakes hide none."""
    if not isinstance(data, dict):
        return []
    check = _Check(data, marks, folder, scenario)
    check.whose()
    check.inside()
    check.taught()
    check.played()
    check.timed()
    check.drawn()
    return check.problems


def plays_of(folder: Path) -> list[str]:
    """The names of the plays in a scenario's folder."""
    return sorted(path.stem for path in (folder / "plays").glob("*.yaml"))


def variants_of(folder: Path) -> list[str]:
    """Other scenarios that may show how a prevention works: those beside this one, and its own variants."""
    found = [*folder.resolve().parent.glob("*/scenario.yaml"), *(folder / "variants").glob("*/scenario.yaml")]
    return sorted(path.parent.name for path in found)


@dataclass
class _Check:
    data: dict[str, Any]
    marks: Marks
    folder: Path
    scenario: Scenario
    problems: list[Problem] = field(default_factory=list)

    def whose(self) -> None:
        given = self.data.get("scenario")
        if isinstance(given, str) and given != self.scenario.id:
            self._say(("scenario",), f"this is the key of {str(given)!r}", f"the scenario is {self.scenario.id!r}")

    def inside(self) -> None:
        for block, key, target in _REFERENCES:
            for place, name in self._listed(block, key):
                self._known(place, target[:-1], name, _keys(self.data.get(target)), f"name it under `{target}:`")
        conclusions = self.data.get("conclusions")
        if isinstance(conclusions, dict) and not any(
            isinstance(item, dict) and str(item.get("root_cause")) == "true" for item in conclusions.values()
        ):
            self._say(("conclusions",), "no conclusion is the root cause", "add `root_cause: true` to one", key=True)

    def taught(self) -> None:
        """What the scenario says it teaches has its skill, and no skill is a secret."""
        skills, teaches = self.data.get("skills"), self.scenario.teaches
        if not isinstance(skills, dict):
            return
        for name in _keys(skills):
            hint = f"add it to `teaches:` in scenario.yaml; it has: {', '.join(teaches) or 'none'}"
            self._known(("skills", name), "skill", name, teaches, hint, key=True)
        for name in teaches:
            if name not in _keys(skills):
                what = f"the scenario teaches {name!r}, and no skill says how"
                self._say(("skills",), what, f"add `{name}:` below it", key=True)

    def played(self) -> None:
        plays = plays_of(self.folder)
        for block, kind in (("accepted", "alt-"), ("traps", "trap-")):
            for place, name in self._fields(block, "play"):
                if self._known(place, "play", name, plays, f"write plays/{name}.yaml") and not name.startswith(kind):
                    what = f"the name of {str(name)!r} promises something else"
                    self._say(place, what, f"plays that are {block} are called {kind}…, and checked so")
        shows = [*plays, *variants_of(self.folder)]
        for place, name in self._fields("preventions", "shown_by"):
            self._known(place, "play or variant", name, shows, f"write plays/{name}.yaml, or a scenario {name}")

    def timed(self) -> None:
        """Nothing is expected, seen or said after the end of the story."""
        limit = self.scenario.clock.limit
        par = self.data.get("par")
        times = [(("par", "resolved_by"), par.get("resolved_by"))] if isinstance(par, dict) else []
        for place, value in [*times, *self._fields("nudges", "at")]:
            try:
                late = millis(str(value)) > limit
            except ValueError:
                continue  # validation has said so
            if late:
                self._say(place, f"{value} comes after the end of the story", f"it ends at {spell(limit)}")

    def drawn(self) -> None:
        """A clue of some incidents only names params that the scenario draws."""
        for name, clue in _items(self.data.get("clues")):
            for param in _keys(clue.get("when") if isinstance(clue, dict) else None):
                place = ("clues", name, "when", param)
                known = list(self.scenario.params)
                self._known(place, "param", param, known, "name it under `params:` in scenario.yaml", key=True)

    def _listed(self, block: str, key: str) -> Iterator[tuple[Place, str]]:
        for name, item in _items(self.data.get(block)):
            named = item.get(key) if isinstance(item, dict) else None
            for number, one in enumerate(named if isinstance(named, list) else ()):
                if isinstance(one, str):
                    yield (block, name, key, number), one

    def _fields(self, block: str, key: str) -> Iterator[tuple[Place, str]]:
        for name, item in _items(self.data.get(block)):
            if isinstance(item, dict) and isinstance(item.get(key), str):
                yield (block, name, key), item[key]

    def _known(
        self, place: Place, kind: str, name: str, known: Iterable[str], otherwise: str, *, key: bool = False
    ) -> bool:
        known = list(known)
        if name not in known:
            self._say(place, f"there is no {kind} {str(name)!r}", nearest(name, known, otherwise), key=key)
        return name in known

    def _say(self, place: Place, what: str, hint: str, *, key: bool = False) -> None:
        where = self.marks.key(place) if key else self.marks.value(place)
        self.problems.append(Problem(where, what, hint))


def _keys(block: Any) -> list[str]:
    return [str(key) for key in block] if isinstance(block, dict) else []


def _items(block: Any) -> list[tuple[str | int, Any]]:
    if isinstance(block, list):
        return list(enumerate(block))
    return [(str(key), item) for key, item in block.items()] if isinstance(block, dict) else []
