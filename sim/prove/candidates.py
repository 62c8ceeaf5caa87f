"""What might be done: every action of the catalogue with every value that the scenario has for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.actions.base import Action
from sim.actions.order import Order
from sim.catalogue import ACTIONS, arguments_of, make, parameters
from sim.prove.values import arguments
from sim.scenario.load import Loaded

ENDS = {"resolve": "it ends a run: every play ends with it", "stand_down": "it gives up", "skip_to": "it only waits"}


@dataclass(frozen=True)
class Deed:
    """One thing to do; with a `fix`, it waits until the fix that it deploys is there."""

    action: Action
    fix: str = ""

    def __str__(self) -> str:
        said = " ".join(f"{name}={_plain(value)}" for name, value in arguments_of(self.action).items())
        return f"{self.action.name} {said}".strip()

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions that it takes."""
        return (Order.name, self.action.name) if self.fix else (self.action.name,)


@dataclass(frozen=True)
class Candidates:
    """Every deed, and why some actions have none."""

    deeds: tuple[Deed, ...]
    not_searched: Mapping[str, str]


def candidates(loaded: Loaded) -> Candidates:
    """Read the catalogue and the scenario; nothing is looked up in an answer key."""
    deeds: dict[Deed, None] = {}
    left_out: dict[str, str] = {}
    for name, action in ACTIONS.items():
        ways = _ways(loaded, name, action)
        if isinstance(ways, str):
            left_out[name] = ways
        else:
            deeds |= dict.fromkeys(_deeds(loaded, name, ways))
    return Candidates(tuple(deeds), left_out)


def _ways(loaded: Loaded, name: str, action: type[Action]) -> list[dict[str, Any]] | str:
    if action.looks:
        return "it looks, and changes nothing"
    if name in ENDS:
        return ENDS[name]
    return arguments(loaded, name, parameters(action)) or "there is nothing here to do it to"


def _deeds(loaded: Loaded, name: str, ways: list[dict[str, Any]]) -> Iterator[Deed]:
    for way in ways:
        fixes = [added for added in way.get("add", ()) if added in loaded.scenario.fixes]
        yield Deed(make(name, way), fixes[0] if fixes else "")


def _plain(value: Any) -> str:
    return "+".join(value) if isinstance(value, list) else " ".join(str(value).split())
