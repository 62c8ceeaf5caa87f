"""`${param}`: what a scenario leaves to the run's seed, drawn and put in place before anything is validated.

A param stands in values only, never in keys. `$${` is a plain `${`. A range is drawn as finely as its ends are
written: [25m, 50m] in whole seconds, [0.13, 0.17] in hundredths.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.clock import SECOND, spell
from sim.errors import Problem, nearest
from sim.scenario.marks import Marks, Path, Piece
from sim.scenario.model import Param
from sim.scenario.nodes import Document
from sim.scenario.values import Between, Choice, Following, Text

_USE = re.compile(r"\$?\$\{([^{}\n]*)\}")
_PARAM: TypeAdapter[Choice | Between | Following] = TypeAdapter(Param)


@dataclass(frozen=True)
class Filled:
    """A document with its params drawn; `unclear` are the places whose text could not be known."""

    data: Any
    marks: Marks
    params: Mapping[str, str]
    unclear: frozenset[Path]
    problems: tuple[Problem, ...]


def fill(document: Document, seed: int) -> Filled:
    """Draw every param of a document from the seed and put it where it is used."""
    data = document.data
    written = data.get("params") if isinstance(data, dict) else None
    known: dict[str, Text | None] = {}
    problems: list[Problem] = []
    if isinstance(written, dict):
        for name, param in written.items():
            problems += _unfollowed(document.marks, name, param, known)
            known[str(name)] = _drawn(seed, str(name), param, known)
    filling = _Filling(document.marks, known, problems=problems)
    filled = filling.walk(data, ())
    followed = _followed(written)
    for name in known:
        if name not in filling.used | followed:
            where = document.marks.key(("params", name))
            filling.problems.append(
                Problem(where, f"nothing uses the param {name!r}", f"write ${{{name}}} where it matters")
            )
    params = {name: str(text) for name, text in known.items() if text is not None}
    marks = document.marks.with_pieces(filling.pieces)
    return Filled(filled, marks, params, frozenset(filling.unclear), tuple(filling.problems))


def _followed(written: Any) -> set[str]:
    """The params that others follow."""
    params = written.values() if isinstance(written, dict) else ()
    return {str(param["follows"]) for param in params if isinstance(param, dict) and "follows" in param}


def _unfollowed(marks: Marks, name: str, param: Any, known: Mapping[str, Text | None]) -> list[Problem]:
    """A param that follows one which does not stand before it."""
    other = str(param["follows"]) if isinstance(param, dict) and "follows" in param else None
    if other is None or other in known:
        return []
    hint = nearest(other, list(known), "name it under `params:`, before the one that follows it")
    return [Problem(marks.value(("params", name, "follows")), f"no param {other!r} stands before this one", hint)]


def _drawn(seed: int, name: str, written: Any, known: Mapping[str, Text | None]) -> Text | None:
    """The param's value for this seed; None when it is written wrongly, which validation will say."""
    try:
        param = _PARAM.validate_python(written)
    except ValidationError:
        return None
    match param:
        case Choice():
            return _chosen(seed, name, param)
        case Between():
            return _between(seed, name, param)
        case Following(follows=other, gives=gives):
            value = gives.get(str(known.get(other)), gives.get("else"))
            return None if known.get(other) is None else _spelled(value)


def _chosen(seed: int, name: str, param: Choice) -> Text:
    from sim.chance import uniform

    left = uniform(seed, f"param/{name}") * sum(param.choice.values())
    value = list(param.choice)[-1]
    for candidate, weight in param.choice.items():
        left -= weight
        if left < 0:
            value = candidate
            break
    return _spelled(value)


def _spelled(value: object) -> Text:
    if isinstance(value, str):
        return Text(value)
    spelled = json.dumps(value) if value is None or isinstance(value, bool) else str(value)
    return Text(spelled, plain=True)


def _between(seed: int, name: str, param: Between) -> Text:
    from sim.chance import between

    if param.spans:
        low_ms, high_ms = param.ends_ms
        step = SECOND if low_ms % SECOND == high_ms % SECOND == 0 else 1
        return Text(spell(between(seed, f"param/{name}", low_ms // step, high_ms // step) * step), plain=True)
    low, high = (Decimal(str(end)) for end in param.range)
    digits = max(-int(low.as_tuple().exponent), -int(high.as_tuple().exponent), 0)
    drawn = between(seed, f"param/{name}", int(low.scaleb(digits)), int(high.scaleb(digits)))
    return Text(str(Decimal(drawn).scaleb(-digits)), plain=True)


@dataclass
class _Filling:
    marks: Marks
    known: Mapping[str, Text | None]
    used: set[str] = field(default_factory=set)
    unclear: set[Path] = field(default_factory=set)
    pieces: dict[Path, tuple[Piece, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def walk(self, data: Any, at: Path) -> Any:
        if at == ("params",):
            return data
        if isinstance(data, dict):
            for key in data:
                if _USE.search(key):
                    where = self.marks.key((*at, str(key)))
                    self.problems.append(
                        Problem(where, f"a param in a key ({str(key)!r})", "params stand in values only")
                    )
            return {key: self.walk(value, (*at, str(key))) for key, value in data.items()}
        if isinstance(data, list):
            return [self.walk(item, (*at, index)) for index, item in enumerate(data)]
        return self._text(data, at) if isinstance(data, Text) and "${" in data else data

    def _text(self, text: Text, at: Path) -> Text:
        parts: list[str] = []
        pieces: list[Piece] = []
        done = length = 0
        for use in _USE.finditer(text):
            value = "${" + use[1] + "}" if use[0].startswith("$$") else self._value(use[1], use.start(), at)
            parts += [text[done : use.start()], value]
            start = length + use.start() - done
            length = start + len(value)
            pieces.append(Piece(start, length, use.start(), use.end()))
            done = use.end()
        parts.append(text[done:])
        self.pieces[at] = tuple(pieces)
        alone = self.known.get(text[2:-1]) if _USE.fullmatch(text) else None
        return alone if alone is not None else Text("".join(parts), plain=text.plain)

    def _value(self, name: str, offset: int, at: Path) -> str:
        self.used.add(name)
        if name not in self.known:
            hint = nearest(name, list(self.known), "name it under `params:`; a plain ${ is written $${")
            self.problems.append(Problem(self.marks.within(at, offset), f"there is no param {name!r}", hint))
        value = self.known.get(name)
        if value is None:
            self.unclear.add(at)
        return value if value is not None else "${" + name + "}"
