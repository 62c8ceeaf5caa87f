"""`key.yaml` read, validated and cross-checked against its scenario, or every problem it has."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sim.errors import InvalidInput, Problem
from sim.scenario.key import Key
from sim.scenario.load import PROBLEMS_MAX, load
from sim.scenario.marks import Marks
from sim.scenario.model import Scenario
from sim.scenario.nodes import read
from sim.scenario.problems import explain
from sim.scenario.rules_key import misfits

FILE = "key.yaml"


@dataclass(frozen=True)
class KeyFile:
    """A key that is sound, and where its parts stand."""

    key: Key
    marks: Marks


def load_key(folder: Path) -> Key | None:
    """The answer key of a scenario's folder, None if it has none; InvalidInput says everything that is wrong."""
    return load(folder).key


def read_key(folder: Path, scenario: Scenario) -> KeyFile | None:
    """The same with its marks, for a scenario that is loaded already."""
    path = folder / FILE
    if not path.exists():
        return None
    document = read(path)
    problems: list[Problem] = []
    key: Key | None = None
    try:
        key = Key.model_validate(document.data)
    except ValidationError as error:
        problems = explain(error, document.data, document.marks, Key)
    said = {problem.where for problem in problems}
    misfitting = misfits(document.data, document.marks, folder, scenario)
    problems += [problem for problem in misfitting if problem.where not in said]
    if problems or key is None:
        raise InvalidInput(sorted(set(problems))[:PROBLEMS_MAX])
    return KeyFile(key, document.marks)
