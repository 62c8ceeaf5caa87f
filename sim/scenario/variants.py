"""A variant of a scenario, in `variants/<name>/scenario.yaml`, says only what is different; the rest is the scenario's.

Mappings are laid over each other key by key, `null` takes a key away, and anything else takes the other's place.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.scenario.nodes import Document, read
from sim.scenario.values import Text

FOLDER = "variants"
_NOTHING = {"", "~", "null"}


def base_of(file: Path) -> Path:
    """The scenario.yaml that this one is a variant of; itself, if it is none."""
    above = file.resolve().parent.parent
    base = above.parent / file.name
    return base if above.name == FOLDER and base.is_file() else file


def whole(file: Path) -> Document:
    """A scenario.yaml, with everything that it leaves to the scenario it varies."""
    own, base_file = read(file), base_of(file)
    if base_file is file or not isinstance(own.data, dict):
        return own
    base = read(base_file)
    name = Text(f"{_id(base.data)}/{file.resolve().parent.name}")
    data = _laid(base.data, {**own.data, "id": name})
    return Document(data, replace(base.marks, over=own.marks))


def names(folder: Path) -> list[str]:
    """The variants that a scenario's folder has."""
    return sorted(entry.parent.name for entry in (folder / FOLDER).glob("*/scenario.yaml"))


def _id(data: Any) -> str:
    return str(data.get("id", "")) if isinstance(data, dict) else ""


def _laid(base: Any, over: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    changed = {key: _laid(base[key], value) if key in base else value for key, value in over.items()}
    gone = {key for key, value in over.items() if isinstance(value, Text) and value.plain and value in _NOTHING}
    return {key: changed.get(key, value) for key, value in {**base, **changed}.items() if key not in gone}
