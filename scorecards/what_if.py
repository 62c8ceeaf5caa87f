"""What somebody wants to have been done otherwise, as they write it: `drop 3`, `4: set_flag discount_codes 0 @ 6m`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.actions.base import Action
from sim.catalogue import ACTIONS, arguments_of, make, parameters, unknown_action
from sim.clock import millis, spell
from sim.errors import InvalidInput, Mark, Problem

AND = ";;"
_ESCAPED_AND, _ESCAPED_AT = ";\\u003b", "\\u0040"
_FORM = "like `drop 3`, `4: set_flag discount_codes 0 @ 6m` or `add: roll_back shop @ 9m`"
_DROP = re.compile(r"drop\s+(?P<numbers>\d+(?:\s*,\s*\d+)*)")
_PUT = re.compile(r"(?P<which>\d+|add)\s*:\s*(?P<action>.+?)(?:\s+@\s*(?P<at>\S+))?", re.DOTALL)
_NAMED = re.compile(r"(?P<name>[a-z_]+)=(?P<value>.*)", re.DOTALL)
_TEXTS = frozenset({"sql", "text", "says"})
"""Parameters that take the rest of the line, spaces included."""


@dataclass(frozen=True)
class Drop:
    """A decision that is not taken."""

    number: int

    def __str__(self) -> str:
        return f"drop {self.number}"


@dataclass(frozen=True)
class Put:
    """An action, at a time or at that of the decision whose place it takes."""

    action: Action
    at_ms: int | None = None
    number: int | None = None
    predict: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        place = "add" if self.number is None else str(self.number)
        return f"{place}: {spelt(self.action)}" + (f" @ {spell(self.at_ms)}" if self.at_ms is not None else "")


WhatIf = Drop | Put


def spelt(action: Action) -> str:
    """An action on one line, in a way that can be read again."""
    given = arguments_of(action)
    wanted = [name for name, (_, required) in parameters(type(action)).items() if required]
    if len(given) == 1 and list(given) == wanted and wanted[0] in _TEXTS:
        line = f"{action.name} {given[wanted[0]]}"
    else:
        named = [f"{name}={_said(value)}" for name, value in given.items() if name not in wanted]
        line = " ".join([action.name, *(_said(given[name]) for name in wanted), *named])
    if _reads_back(line, action):
        return line
    told = json.dumps(given, ensure_ascii=False)
    return f"{action.name} {told.replace(AND, _ESCAPED_AND).replace('@', _ESCAPED_AT)}"


def _said(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _reads_back(line: str, action: Action) -> bool:
    try:
        return AND not in line and " @" not in line and read_action(line) == action
    except ValueError:
        return False


def read_what_if(text: str) -> tuple[WhatIf, ...]:
    """The changes of one `what if`, which `;;` parts; InvalidInput says what does not fit."""
    return tuple(change for part in text.split(AND) for change in _change(part.strip()))


def _change(text: str) -> Sequence[WhatIf]:
    if (dropped := _DROP.fullmatch(text)) is not None:
        return [Drop(int(number)) for number in dropped["numbers"].split(",")]
    put = _PUT.fullmatch(text)
    if put is None:
        raise _bad(text, "this is no change of a run", _FORM)
    try:
        at_ms = millis(put["at"]) if put["at"] else None
        action = read_action(put["action"])
    except ValueError as error:
        raise _bad(text, str(error), _FORM) from None
    number = None if put["which"] == "add" else int(put["which"])
    if at_ms is None and number is None:
        raise _bad(text, "an action that is added needs a time", "say when, from the start of the clock: … @ 6m")
    if at_ms is not None and at_ms < 0:
        raise _bad(text, f"{put['at']} lies before the start of the clock")
    if action.looks or action.thinks:
        raise _bad(text, f"{action.name} only looks or thinks: it changes nothing", "put an action that acts")
    return [Put(action, at_ms, number)]


def read_action(text: str) -> Action:
    """An action as one line: its name, then what it needs in order, the rest as name=value; or a JSON object."""
    name, _, rest = text.strip().partition(" ")
    if name not in ACTIONS:
        raise ValueError(". ".join(unknown_action(name)))
    rest = rest.strip()
    if rest.startswith("{"):
        given = json.loads(rest)
        return make(name, given)
    return make(name, dict(_arguments(name, rest)))


def _arguments(name: str, rest: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    known = parameters(ACTIONS[name])
    left = [one for one, (_, required) in known.items() if required] or list(known)
    while rest:
        word, _, after = rest.partition(" ")
        named = _NAMED.fullmatch(word)
        if named is not None and named["name"] in known:
            left = [one for one in left if one != named["name"]]
            key, value = named["name"], named["value"]
        elif not left:
            raise ValueError(f"{name} takes no {word!r} here; what it does not need is given as name=value")
        else:
            key, value = left.pop(0), word
        if key in _TEXTS:
            return [*found, (key, rest.removeprefix(f"{key}="))]
        found.append((key, value.split(",") if known[key][0] not in {str, int, bool} else value))
        rest = after.strip()
    return found


def _bad(text: str, what: str, hint: str = "") -> InvalidInput:
    return InvalidInput([Problem(Mark(f"--what-if {text[:80]!r}"), what, hint)])
