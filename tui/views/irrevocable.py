"""What an action takes away that nothing brings back: found in what it would decide now, before it is done."""

import re
from typing import TYPE_CHECKING

from sim import facts as f

if TYPE_CHECKING:
    from sim.actions.base import Action
    from sim.world import World

_TAKES_AWAY = re.compile(r"\b(drop|truncate|delete|update)\b", re.IGNORECASE)
_TARGETS = ("migration", "backup", "session", "service", "flag")


def takes_away(world: "World", action: "Action") -> str:
    """What would be gone, in a sentence; empty if everything can be taken back, or nothing happens at all."""
    return next((lost for fact in action.decide(world) if (lost := _lost(fact))), "")


def target(action: "Action") -> str:
    """The word that has to be typed first: what it is done to, or its own name."""
    return next((str(value) for name in _TARGETS if (value := getattr(action, name, ""))), action.name)


def _lost(fact: "f.Fact") -> str:
    lost = ""
    match fact:
        case f.RolloutBegan(schema_down=down) if down:
            lost = f"it undoes {', '.join(down)}: what was written there since is lost"
        case f.ScriptSent(migration=migration, direction="down") if migration:
            lost = f"it undoes {migration}: what was written there since is lost"
        case f.ScriptSent(sql=sql) | f.BackfillBegan(sql=sql) if (word := _TAKES_AWAY.search(sql)) is not None:
            lost = f"{word[0].upper()} takes away or overwrites what is there, and only a backup brings that back"
        case f.RestoreBegan(backup=backup, how=how) if how != "beside":
            lost = f"whatever was written since the moment that {backup} is restored to is lost"
        case f.SessionEnded(session=session):
            lost = f"{session} loses what it has not committed"
        case f.StoodDown():
            lost = "the run ends here, unresolved"
    return lost
