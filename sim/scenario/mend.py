"""A document with its mistakes painted over, so that the rest of it can be cross-checked in the same pass."""

from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from sim.scenario.marks import Path as Place
from sim.scenario.model import Scenario
from sim.scenario.problems import found_at, locate
from sim.scenario.values import Text

_STAND_INS: tuple[Any, ...] = (
    Text("1", plain=True), Text("1m", plain=True), Text("a(b)"), Text("2026-01-01 00:00"), Text("* * * * *"), [], {},
    ["1m", "1m"],
)  # fmt: skip


def mended(error: ValidationError, data: Any) -> tuple[Scenario | None, frozenset[Place]]:
    """Try stand-ins where a value is wrong, remove what is unknown; None when the mistakes go too deep.

    The places that were painted over come along: nothing that is found below them is the author's.
    """
    data = deepcopy(data)
    painted: set[Place] = set()
    for stand_in in (*_STAND_INS, None):
        for detail in error.errors(include_url=False, include_context=False, include_input=False):
            painted.add(_paint(detail["type"], detail["loc"], data, stand_in))
        try:
            return Scenario.model_validate(data), frozenset(painted)
        except ValidationError as left:
            error = left
    return None, frozenset(painted)


def _paint(kind: str, loc: tuple[int | str, ...], data: Any, stand_in: Any) -> Place:
    path, rest = locate(loc, data)
    if kind == "missing" and isinstance(target := found_at(path, data), dict):
        target[str(rest[-1])] = deepcopy(stand_in)
        return (*path, str(rest[-1]))
    if not path:
        return path
    owner = found_at(path[:-1], data)
    if kind == "extra_forbidden" or rest[-1:] == ("[key]",) or stand_in is None:
        if isinstance(owner, dict):
            owner.pop(path[-1])
    elif isinstance(owner, dict | list):
        owner[path[-1]] = deepcopy(stand_in)  # type: ignore[index]
    return path
