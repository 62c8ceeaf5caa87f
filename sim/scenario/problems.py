"""What validation found, in words for the author: where it stands, what is wrong, and the next step."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import Mark, Problem, nearest
from sim.scenario.marks import Marks, Path
from sim.scenario.values import Text

_SHOWN_MAX = 40
_SCHEMAS = {"Scenario": "schema.json", "Key": "key.schema.json"}
Said = tuple[str, str]


def explain(error: ValidationError, data: Any, marks: Marks, model: type[BaseModel]) -> list[Problem]:
    """Every problem of a validation once, in the order of the file."""
    found: dict[Path, Problem] = {}
    misspelt: set[Path] = set()
    for detail in sorted(error.errors(include_url=False), key=lambda detail: detail["type"] == "missing"):
        path, rest = locate(detail["loc"], data)
        if detail["type"] == "missing" and (*path, *rest[-1:]) in misspelt:
            continue
        if detail["type"] == "extra_forbidden":
            misspelt.update((*path[:-1], name) for name in _meant(model, path, data)[:1])
        where = _where(detail["type"], path, rest, marks)
        what, hint = _say(detail, path, rest, data, model)
        if _cut_off(path, data):
            where, what, hint = marks.key(path), "this looks like the rest of the text before it", _COMMA
        found.setdefault((*path, *rest[-1:]), Problem(where, what, hint))
    return sorted(set(found.values()))


def _meant(model: type[BaseModel], path: Path, data: Any) -> list[str]:
    """What an unknown key may have been meant to be, the nearest first."""
    owner = found_at(path[:-1], data)
    known = [key for key in known_keys(model, path[:-1], owner, path[-1]) if key not in owner]
    return get_close_matches(str(path[-1]), known, n=3)


def locate(loc: tuple[int | str, ...], data: Any) -> tuple[Path, tuple[int | str, ...]]:
    """The part of a pydantic location that stands in the document, and what of it does not."""
    for length, part in enumerate(loc):
        in_block = isinstance(data, dict) and part in data
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if not in_block and not in_list:
            return loc[:length], loc[length:]
        data = data[part]
    return loc, ()


def found_at(path: Path, data: Any) -> Any:
    """The value that stands at a path of a document."""
    for part in path:
        data = data[part]
    return data


def _where(kind: str, path: Path, rest: tuple[int | str, ...], marks: Marks) -> Mark:
    if kind in {"extra_forbidden", "missing"} or rest[-1:] == ("[key]",):
        return marks.key(path)
    return marks.value(path)


def _say(detail: Any, path: Path, rest: tuple[int | str, ...], data: Any, model: type[BaseModel]) -> Said:
    kind = detail["type"]
    value = found_at(path, data)
    if kind == "extra_forbidden":
        known = known_keys(model, path[:-1], found_at(path[:-1], data), path[-1])
        near = _meant(model, path, data)[:1]
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return f"unknown key {str(path[-1])!r}", hint
    if kind == "missing":
        return _missing(path, rest[-1])
    if kind == "value_error":
        what, _, hint = str(detail["ctx"]["error"]).partition("; ")
        return _of(path, what), hint or _schema_hint(model)
    if sentence := _SENTENCES.get(kind):
        what, hint = sentence(_show(value), detail.get("ctx", {}))
        return _of(path, what), hint
    return _of(path, f"{_show(value)} does not fit here"), _schema_hint(model)


def _schema_hint(model: type[BaseModel]) -> str:
    return f"scenarios/{_SCHEMAS[model.__name__]} lists what can stand here"


def _of(path: Path, what: str) -> str:
    """Name the key that the sentence is about."""
    names = [part for part in path if isinstance(part, str)]
    return f"{names[-1]}: {what}" if names else what


def _missing(path: Path, name: int | str) -> Said:
    owner = f" of {path[-1]!r}" if path and isinstance(path[-1], str) else ""
    if isinstance(name, int):
        return f"the list{owner} is too short", "write all of its values: [first, second]"
    return f"`{name}`{owner} is missing", f"add `{name}: …` inside it" if path else f"add `{name}: …`"


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Text) and value == "" and value.plain:
        return "nothing"
    text = str(value)
    return repr(text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…")


_COMMA = "text that holds a comma must stand in quotes inside { } and [ ]"


def _cut_off(path: Path, data: Any) -> bool:
    """Whether a comma made a key without a value out of the end of a text."""
    if not path or not isinstance(path[-1], str) or path[-1].isidentifier():
        return False
    value = found_at(path, data)
    return isinstance(value, Text) and value.plain and value == ""


def _number(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, float) else f"{bound}"


def _no_number(shown: str, _: Mapping[str, Any]) -> Said:
    return f"{shown} is not a number", "write digits, such as 0.05 or 40"


def _no_block(shown: str, _: Mapping[str, Any]) -> Said:
    return f"{shown} stands where a block of keys is wanted", "write `key: value` lines below it, or { key: value }"


def _no_list(shown: str, _: Mapping[str, Any]) -> Said:
    return f"{shown} stands where a list is wanted", "write [first, second], or lines that begin with '- '"


def _no_text(shown: str, _: Mapping[str, Any]) -> Said:
    return f"{shown} stands where text is wanted", "write one text; put it in quotes if it holds brackets or a colon"


def _one_of(shown: str, ctx: Mapping[str, Any]) -> Said:
    allowed = [part.strip("'") for part in str(ctx["expected"]).replace(" or ", ", ").split(", ")]
    return f"{shown} is not known here", nearest(shown.strip("'"), allowed, f"one of: {', '.join(allowed)}")


_SENTENCES: dict[str, Callable[[str, Mapping[str, Any]], Said]] = {
    "float_parsing": _no_number,
    "float_type": _no_number,
    "int_type": _no_number,
    "int_parsing": _no_number,
    "finite_number": lambda shown, _: (f"{shown} is not a finite number", "write digits, such as 0.05 or 40"),
    "greater_than": lambda shown, ctx: (f"{shown} is too small", f"it must be more than {_number(ctx['gt'])}"),
    "greater_than_equal": lambda shown, ctx: (f"{shown} is too small", f"it must be at least {_number(ctx['ge'])}"),
    "less_than": lambda shown, ctx: (f"{shown} is too large", f"it must be less than {_number(ctx['lt'])}"),
    "less_than_equal": lambda shown, ctx: (f"{shown} is too large", f"it may be {_number(ctx['le'])} at most"),
    "string_too_short": lambda shown, _: (f"{shown} stands where text is wanted", "write it, or remove the key"),
    "string_too_long": lambda shown, ctx: (f"{shown} is too long", f"{ctx['max_length']} characters at most"),
    "too_short": lambda shown, ctx: (f"{shown} has too few entries", f"it needs at least {ctx['min_length']}"),
    "too_long": lambda shown, ctx: (f"{shown} has too many entries", f"it may have {ctx['max_length']} at most"),
    "model_type": _no_block,
    "model_attributes_type": _no_block,
    "dict_type": _no_block,
    "tuple_type": _no_list,
    "list_type": _no_list,
    "string_type": _no_text,
    "literal_error": _one_of,
}


def known_keys(model: type[BaseModel], path: Path, present: Any, unknown: int | str) -> list[str]:
    """The keys that may stand at a path beside an unknown one; of several kinds those that fit the rest best."""
    schema = _schema(model)
    here = _kinds(schema, schema)
    for part in path:
        here = [kind for parent in here for kind in _kinds(_below(parent, part), schema)]
    blocks = [list(kind["properties"]) for kind in here if "properties" in kind]
    given = [str(key) for key in present if key != unknown] if isinstance(present, dict) else []
    fit = max((sum(key in block for key in given) for block in blocks), default=0)
    best = [key for block in blocks if sum(key in block for key in given) == fit for key in block]
    return [key for key in dict.fromkeys(best) if key != unknown]


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _kinds(node: Any, schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema node as its plain alternatives."""
    if not isinstance(node, dict):
        return []
    if "$ref" in node:
        return _kinds(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in node:
        return [kind for choice in node["anyOf"] for kind in _kinds(choice, schema)]
    return [node]


def _below(kind: dict[str, Any], part: int | str) -> Any:
    if isinstance(part, int):
        inside = kind.get("prefixItems", [])
        return inside[part] if part < len(inside) else kind.get("items")
    inside = kind.get("properties", {})
    return inside[part] if part in inside else kind.get("additionalProperties")
