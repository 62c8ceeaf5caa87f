"""docs/actions.md, written from the catalogue: what every action does, needs, takes and risks, and how it is undone.

python -m sim.manual    write the page
"""

from inspect import getdoc
from pathlib import Path
from typing import get_args

from sim.actions.base import Action
from sim.catalogue import ACTIONS, parameters
from sim.faults.catalogue import Fault
from sim.probes.catalogue import PROBES

PAGE = Path(__file__).parents[1] / "docs" / "actions.md"
_HEAD = """# Actions

Everything that can be done, the same in every scenario. In a play: `{at: 9m, do: NAME, …}`; parameters in brackets may
be left out. `rehearse list actions` prints the same. This page is written from the code by `python -m sim.manual`.
"""


def page() -> str:
    """The whole page."""
    looks = ", ".join(f"`{name}`" for name in PROBES)
    kinds = {name: get_args(spec.annotation)[0] for name, spec in Fault.model_fields.items()}
    faults = "\n".join(f"- `{name}`: {_sentence(kind)}" for name, kind in kinds.items())
    actions = "\n".join(_entry(action) for action in ACTIONS.values())
    said = f"{_HEAD}\nWhat `look` can read: {looks}.\n\n{actions}\n"
    return f"{said}## Faults\n\nWhat a story can inject and lift:\n\n{faults}\n"


def _entry(action: type[Action]) -> str:
    given = (f"`{name}`" if required else f"[`{name}`]" for name, (_, required) in parameters(action).items())
    return (
        f"## {action.name}\n\n{_sentence(action)}\n\n"
        f"- parameters: {' '.join(given) or 'none'}\n- needs: {action.needs}\n- takes: {action.takes}\n"
        f"- risk: {action.risk}\n- undo: {action.undo}\n"
    )


def _sentence(kind: type) -> str:
    return " ".join((getdoc(kind) or "").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
