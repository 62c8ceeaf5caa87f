"""Cross-checks over a whole scenario: every name is known, every change fits, every file is there; all at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.clock import LONGEST_MS
from sim.errors import Problem, nearest
from sim.scenario.marks import Marks
from sim.scenario.marks import Path as Place
from sim.scenario.model import Scenario

_BLOCKS = {
    "table": ("database", "tables"), "migration": ("database", "migrations"), "invariant": ("invariants",),
    "service": ("services",), "SDK": ("sdks",), "flag": ("flags",), "job": ("jobs",), "pool": ("pools",),
    "person": ("people",), "change": ("changes",), "fix": ("fixes",), "release": ("releases",), "tag": ("tags",),
    "kind of damage": ("wrong",),
}  # fmt: skip


def check(scenario: Scenario, data: Any, marks: Marks, folder: Path, muted: Iterable[Place] = ()) -> list[Problem]:
    """Every cross-reference that does not hold, at its place; nothing is said below a muted place."""
    from sim.scenario import rules_chance, rules_changes, rules_data, rules_story

    inspection = Inspection(scenario, marks, folder, tuple(muted), _names(data))
    rules_data.inspect(inspection)
    rules_changes.inspect(inspection)
    rules_story.inspect(inspection)
    rules_chance.inspect(inspection)
    return sorted(set(inspection.problems))


@dataclass(frozen=True)
class Inspection:
    """What the rules read, and where they say what is wrong."""

    scenario: Scenario
    marks: Marks
    folder: Path
    muted: tuple[Place, ...]
    names: dict[str, list[str]]
    problems: list[Problem] = field(default_factory=list)

    def say(self, at: Place, what: str, hint: str, *, key: bool = False, offset: int | None = None) -> None:
        """Report a value (or its key, or a character inside it)."""
        if any(at[: len(place)] == place for place in self.muted):
            return
        where = self.marks.key(at) if key else self.marks.value(at)
        if offset is not None:
            where = self.marks.within(at, offset)
        self.problems.append(Problem(where, what, hint))

    def mended(self, at: Place) -> bool:
        """Whether something at or below a place was painted over, so that what is missing there may not be."""
        return any(place[: len(at)] == at for place in self.muted)

    @property
    def limit_ms(self) -> int:
        """The clock's limit; the longest one there is when the file's own is wrong."""
        return LONGEST_MS if self.mended(("clock", "limit")) else self.scenario.clock.limit

    def knows(self, kind: str, name: str, at: Place, *, key: bool = False, offset: int | None = None) -> bool:
        """Whether the scenario has such a thing; says so if not."""
        known = self.names[kind]
        if name in known:
            return True
        block = ".".join(_BLOCKS[kind]) if kind in _BLOCKS else "services"
        hint = f"known here: {', '.join(known[:12])}" if known else f"name it under `{block}:`"
        self.say(at, f"there is no {kind} {name!r}", nearest(name, known, hint), key=key, offset=offset)
        return False

    def inside(self, name: str, at: Place, *, folder: bool) -> None:
        """Whether a path leads to a file or folder inside the scenario's folder; says so if not."""
        try:
            path = (self.folder / name).resolve()
            escapes = Path(name).is_absolute() or not path.is_relative_to(self.folder.resolve())
            exists = not escapes and (path.is_dir() if folder else path.is_file())
        except (OSError, ValueError, RuntimeError):
            escapes, exists = False, False
        kind = "folder" if folder else "file"
        if escapes:
            self.say(
                at, f"{name!r} leads out of the scenario's folder", f"keep the {kind} inside it, and name it from there"
            )
        elif not exists:
            self.say(at, f"there is no {kind} {name!r} in the scenario's folder", "create it, or mend the path")


def _names(data: Any) -> dict[str, list[str]]:
    """Names as they stand in the file, so that a mistake inside a block does not make its name unknown."""
    names = {kind: _keys(data, *path) for kind, path in _BLOCKS.items()}
    names["endpoint"] = [
        endpoint for service in names["service"] for endpoint in _keys(data, "services", service, "endpoints")
    ]
    return names


def _keys(data: Any, *path: str) -> list[str]:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return [str(key) for key in data] if isinstance(data, dict) else []
