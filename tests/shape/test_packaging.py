"""What a newcomer's first command rests on: dependencies, pins, targets."""

import re
import tomllib

from tests.shape.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_a_constraint_is_a_name_and_an_exact_version() -> None:
    """No host, no hash, no path: where packages come from is the user's own business."""
    assert [pin for pin in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)] == []


def test_every_dependency_is_pinned() -> None:
    """What is asked for in pyproject.toml has one version in constraints.txt, and only one."""
    pinned = [_canonical(pin.partition("==")[0]) for pin in PINS]
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"], "hatchling"]
    wanted = {_canonical(re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0]) for name in asked}
    assert sorted(wanted - set(pinned)) == []
    assert len(pinned) == len(set(pinned))


def test_every_target_named_in_the_makefile_head_exists() -> None:
    """The list at the top of the Makefile is the one people read."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^#   make (\w+)", text, re.MULTILINE))
    assert named
    assert named <= set(re.findall(r"^(\w+):", text, re.MULTILINE))


def test_the_pipeline_runs_what_a_contributor_runs() -> None:
    """After its packages the pipeline has one command, and it is `make test`."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec make test"
    assert [line for line in lines if re.search(r"\b(pytest|ruff|mypy|pip)\b", line)] == []
