"""The languages as JSON Schema, for editors; `python -m sim.scenario.schema` writes them into scenarios/."""

import json
from typing import Any

from pydantic import BaseModel

from sim.scenario.key import Key
from sim.scenario.load import home
from sim.scenario.model import Scenario

FILES: dict[str, tuple[type[BaseModel], str]] = {
    "schema.json": (Scenario, "A rehearsal scenario"),
    "key.schema.json": (Key, "The answer key of a rehearsal scenario"),
}
_PARAM = {"type": "string", "pattern": r"\$\{\w+\}"}

_NOISE = {"title", "gt", "ge", "lt", "le", "min_length", "max_length"}  # pydantic's names beside the schema's own


def schema(file: str = "schema.json") -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file as an editor's YAML reader sees it, `${params}` of a scenario included."""
    model, title = FILES[file]
    described = _described(model.model_json_schema(), params=model is Scenario)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described, "title": title}


def rendered(file: str) -> str:
    """The text of one of the files."""
    return json.dumps(schema(file), indent=1, ensure_ascii=False) + "\n"


def _described(node: Any, *, params: bool) -> Any:
    """Without pydantic's own words; `${name}` may stand for a number, a word of a list or a truth value."""
    if isinstance(node, list):
        return [_described(item, params=params) for item in node]
    if not isinstance(node, dict):
        return node
    described = {
        key: _described(value, params=params)
        for key, value in node.items()
        if key not in _NOISE or isinstance(value, dict)
    }
    drawn = node.get("type") in {"number", "integer", "boolean"} or ("enum" in node and node.get("type") == "string")
    return {"anyOf": [described, _PARAM]} if params and drawn else described


def main() -> None:
    """Write the schemas beside the scenarios."""
    for file in FILES:
        (home() / file).write_text(rendered(file), encoding="utf-8")


if __name__ == "__main__":
    main()
