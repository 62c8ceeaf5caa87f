"""The schema that editors use."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.scenario.load import FILE, catalogue, home
from sim.scenario.schema import FILES, rendered, schema

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_FILES = [*(folder / FILE for folder in catalogue().values()), Path(__file__).with_name("language.yaml")]


def _as_an_editor(text: str) -> Any:
    """YAML as an editor reads it: JSON's types, and dates are text."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def complaints(value: Any, node: Any, root: dict[str, Any], at: str = "") -> list[str]:
    """As much of a JSON Schema validator as the schema's own words need."""
    if "$ref" in node:
        return complaints(value, root["$defs"][node["$ref"].rpartition("/")[2]], root, at)
    if "anyOf" in node:
        return min((complaints(value, kind, root, at) for kind in node["anyOf"]), key=len)
    kind = node.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind in {"integer", "number"})):
        return [f"{at}: {value!r} is no {kind}"]
    if isinstance(value, dict):
        return _of_object(value, node, root, at)
    return _of_list(value, node, root, at) if isinstance(value, list) else _of_scalar(value, node, at)


def _of_list(value: list[Any], node: Any, root: dict[str, Any], at: str) -> list[str]:
    first = node.get("prefixItems", [])
    kinds = [*first, *[node.get("items", {})] * (len(value) - len(first))]
    said = [complaints(item, kind, root, f"{at}/{i}") for i, (item, kind) in enumerate(zip(value, kinds, strict=False))]
    short = [f"{at}: too short"] if len(value) < node.get("minItems", 0) else []
    return [complaint for complaints_of_item in said for complaint in complaints_of_item] + short


def _of_object(value: dict[str, Any], node: Any, root: dict[str, Any], at: str) -> list[str]:
    said = [f"{at}: {name} is missing" for name in node.get("required", []) if name not in value]
    inside, others = node.get("properties", {}), node.get("additionalProperties", True)
    for key, item in value.items():
        if key in inside:
            said += complaints(item, inside[key], root, f"{at}/{key}")
        elif others is False:
            said.append(f"{at}: {key} is unknown")
        elif isinstance(others, dict):
            said += complaints(item, others, root, f"{at}/{key}")
    return said


def _of_scalar(value: Any, node: Any, at: str) -> list[str]:
    if ("enum" in node and value not in node["enum"]) or ("const" in node and value != node["const"]):
        return [f"{at}: {value!r} is not in the list"]
    low, high = node.get("minimum"), node.get("maximum")
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        return [f"{at}: {value} is out of bounds"]
    if isinstance(value, str) and "pattern" in node and not re.search(node["pattern"], value):
        return [f"{at}: {value!r} has another form"]
    return []


@pytest.mark.parametrize("file", FILES)
def test_the_schemas_in_the_repository_are_up_to_date(file: str) -> None:
    """After a change of a language: `python -m sim.scenario.schema`."""
    assert (home() / file).read_text(encoding="utf-8") == rendered(file)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.parent.name)
def test_the_schema_accepts_what_the_loader_accepts(path: Path) -> None:
    """Every scenario that comes along, and the file with every block."""
    described = schema()
    assert complaints(_as_an_editor(path.read_text(encoding="utf-8")), described, described) == []


@pytest.mark.parametrize(("old", "new", "said"), [
    pytest.param("difficulty: expert", "difficulty: hardest", "'hardest'", id="a word of a list"),
    pytest.param("format: 1", "formats: 1", "formats is unknown", id="an unknown key"),
    pytest.param("rps: 40", "rps: many", "'many'", id="a word for a number"),
    pytest.param("{percent: 10}", "{percent: 200}", "200", id="a percentage of 200"),
    pytest.param("done: {healthy", "done: {halthy", "healthy is missing", id="a missing key"),
])  # fmt: skip
def test_the_schema_refuses_what_an_editor_should_underline(old: str, new: str, said: str) -> None:
    """Keys, kinds, bounds and words; what needs the whole file is the loader's business."""
    described = schema()
    text = _FILES[-1].read_text(encoding="utf-8")
    assert old in text
    assert said in "\n".join(complaints(_as_an_editor(text.replace(old, new)), described, described))


def test_the_schema_says_what_things_mean() -> None:
    """Descriptions come from the docstrings of the model."""
    described = schema()
    assert described["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "`shown` is what the changelog says" in described["$defs"]["Migration"]["description"]
