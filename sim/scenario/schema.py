"""The language as JSON Schema, for editors; `python -m sim.scenario.schema` writes scenarios/schema.json."""

import json
from typing import Any

from sim.scenario.load import home
from sim.scenario.model import Scenario

FILE = "schema.json"
_PARAM = {"type": "string", "pattern": r"\$\{\w+\}"}

_NOISE = {"title", "gt", "ge", "lt", "le", "min_length", "max_length"}  # pydantic's names beside the schema's own


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario file as an editor's YAML reader sees it, `${params}` included."""
    described = _with_params(Scenario.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described, "title": "A rehearsal scenario"}


def rendered() -> str:
    """The text of schema.json."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _with_params(node: Any) -> Any:
    """Let `${name}` stand wherever a number, a word of a list or a truth value may stand."""
    if isinstance(node, list):
        return [_with_params(item) for item in node]
    if not isinstance(node, dict):
        return node
    described = {
        key: _with_params(value) for key, value in node.items() if key not in _NOISE or isinstance(value, dict)
    }
    if node.get("type") in {"number", "integer", "boolean"} or ("enum" in node and node.get("type") == "string"):
        return {"anyOf": [described, _PARAM]}
    return described


def main() -> None:
    """Write the schema beside the scenarios."""
    (home() / FILE).write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
