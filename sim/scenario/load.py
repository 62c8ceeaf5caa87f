"""A scenario folder as a `Loaded` scenario, or every problem it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from sim.errors import InvalidInput, Mark, Problem, nearest
from sim.scenario.key import Key
from sim.scenario.marks import Marks
from sim.scenario.marks import Path as Place
from sim.scenario.mend import mended
from sim.scenario.model import Scenario
from sim.scenario.params import Filled, fill
from sim.scenario.problems import explain
from sim.scenario.references import check
from sim.scenario.variants import FOLDER as VARIANTS
from sim.scenario.variants import base_of, whole
from sim.scenario.variants import names as variants

FILE = "scenario.yaml"
ORDER = "order.txt"
PROBLEMS_MAX = 100


@dataclass(frozen=True)
class Loaded:
    """A scenario that is sound, where its parts stand, and what this seed drew for its params."""

    scenario: Scenario
    marks: Marks
    folder: Path
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def assets(self) -> Path:
        """Where the source stands: a variant has that of its scenario."""
        return base_of(self.folder / FILE).parent

    @property
    def briefing(self) -> str:
        """What the trainee is told at the start; empty when the folder has no briefing.md."""
        from sim.scenario.raw import read_text

        paths = (folder / "briefing.md" for folder in (self.folder, self.assets))
        return next((read_text(path) for path in paths if path.exists()), "")

    @cached_property
    def key(self) -> Key | None:
        """The answer key, read when somebody asks for it; None when the folder has no key.yaml."""
        from sim.scenario.key_file import read_key

        file = read_key(self.folder, self.scenario)
        return None if file is None else file.key


def home() -> Path:
    """The folder of the scenarios that come with the simulator: it stands beside the package, installed or not."""
    return Path(__file__).resolve().parents[2] / "scenarios"


def catalogue() -> dict[str, Path]:
    """The scenarios that come with the simulator, by id, in the order in which they are best met."""
    if not home().is_dir():
        return {}
    found = {entry.name: entry for entry in sorted(home().iterdir()) if (entry / FILE).is_file()}
    first = [name for name in suggested() if name in found]
    return {name: found[name] for name in dict.fromkeys([*first, *found])}


def suggested() -> list[str]:
    """The ids of order.txt, whether such scenarios are there or not."""
    try:
        lines = (home() / ORDER).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def find(name: str) -> Path:
    """The folder (or file) that an id or a path means; an id wins over a path of the same name."""
    known = catalogue()
    if name in known:
        return known[name]
    scenario, _, variant = name.partition("/")
    if scenario in known and variant in variants(known[scenario]):
        return known[scenario] / VARIANTS / variant
    path = Path(name)
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        pass
    hint = nearest(name, list(known), "`rehearse list` shows the scenarios; a folder is named by its path")
    shown = name if name.isprintable() and len(name) <= 200 else "SCENARIO"
    raise InvalidInput([Problem(Mark(shown), "there is no such scenario", hint)])


def load(path: Path, seed: int = 0) -> Loaded:
    """Read, draw, validate and cross-check a scenario folder or its scenario.yaml; InvalidInput says all at once."""
    file = path / FILE if path.is_dir() else path
    filled = fill(whole(file), seed)
    scenario, problems = _checked(filled, base_of(file).parent)
    problems = _clear([*filled.problems, *problems], filled)
    if problems or scenario is None:
        raise InvalidInput(problems[:PROBLEMS_MAX])
    return Loaded(scenario, filled.marks, file.parent, filled.params)


def _checked(filled: Filled, folder: Path) -> tuple[Scenario | None, list[Problem]]:
    """The scenario and its problems; one with mistakes is mended as far as cross-checking the rest needs."""
    problems: list[Problem] = []
    painted: frozenset[Place] = frozenset()
    scenario: Scenario | None
    try:
        scenario = Scenario.model_validate(filled.data)
    except ValidationError as error:
        problems = explain(error, filled.data, filled.marks, Scenario)
        scenario, painted = mended(error, filled.data)
    if scenario is not None:
        problems += check(scenario, filled.data, filled.marks, folder, painted)
    return scenario, problems


def _clear(problems: list[Problem], filled: Filled) -> list[Problem]:
    """Without what follows from a param that could not be drawn."""
    hidden = {filled.marks.value(path) for path in filled.unclear}
    own = set(filled.problems)
    return sorted({problem for problem in problems if problem in own or problem.where not in hidden})
