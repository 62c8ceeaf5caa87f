"""Help from the catalogue and the grammar: what can be typed, and what one action takes, risks and needs."""

from inspect import getdoc
from textwrap import fill

from sim.actions.base import Action
from sim.catalogue import ACTIONS
from sim.errors import nearest
from sim.probes.catalogue import PROBES
from tui.grammar import ALIASES, OWN, usage

_WIDTH = 100


def overview() -> str:
    """Everything that can be typed, on one page."""
    looks = [name for name, action in ACTIONS.items() if action.looks and name != "look"]
    thinks = [name for name, action in ACTIONS.items() if action.thinks]
    deeds = [name for name, action in ACTIONS.items() if not action.looks and not action.thinks]
    parts = [
        ("Look (free, changes nothing)", [*PROBES, *looks]),
        ("Act", deeds),
        ("Think", thinks),
        ("And", list(OWN)),
    ]
    said = [
        f"{head}:\n{fill(', '.join(names), _WIDTH, initial_indent='  ', subsequent_indent='  ')}"
        for head, names in parts
    ]
    return "\n".join(
        [
            *said,
            "`help set_flag` says what an action takes, risks and needs. For a start: `briefing`, `metrics`, `logs`.",
        ]
    )


def about(word: str) -> str:
    """What is to be known of one word."""
    name = ALIASES.get(word.strip().lower().replace("-", "_"), word.strip().lower().replace("-", "_"))
    if name in ACTIONS:
        return _action(ACTIONS[name])
    if name in OWN:
        return f"{name}: {OWN[name]}"
    if name in PROBES:
        return f"{name}: `{name}` or `look {name}` reads it; looking is free and changes nothing"
    known = (*ACTIONS, *OWN, *PROBES, *ALIASES)
    return f"there is no word {word!r}; {nearest(name, known, '`help` lists what can be typed')}"


def _action(action: type[Action]) -> str:
    says = " ".join((getdoc(action) or "").split())
    rest = f"  needs: {action.needs}\n  takes: {action.takes}\n  risk:  {action.risk}\n  undo:  {action.undo}"
    return f"{usage(action.name)}\n  {says}\n{rest}"
