"""What may come next in a line that is being typed: words of the grammar, and names that this world has."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from sim.actions.announce import MATTERS
from sim.actions.declare import SEVERITIES
from sim.actions.hypothesis import STATES
from sim.actions.post_update import CLAIMS
from sim.actions.restore_backup import HOW
from sim.catalogue import ACTIONS, parameters
from sim.probes.catalogue import PROBES
from sim.scenario.alerts import every_alert
from sim.scenario.key import Key
from sim.world import World
from tui.grammar import ALIASES, DIRECTIONS, OWN, rest_of

Names = Callable[[World], Iterable[str]]

_NAMES: Mapping[str, Names] = MappingProxyType(
    {
        "what": lambda _: PROBES,
        "announce.what": lambda _: MATTERS,
        "service": lambda world: world.serving,
        "release": lambda world: (*world.scenario.releases, *world.tags),
        "base": lambda world: world.scenario.releases,
        "add": lambda world: (*world.scenario.fixes, *world.scenario.changes),
        "drop": lambda world: world.scenario.changes,
        "change": lambda world: (*world.scenario.changes, *world.scenario.fixes),
        "fix": lambda world: world.scenario.fixes,
        "flag": lambda world: world.flags,
        "create_flag.flag": lambda world: world.scenario.flags,
        "migration": lambda world: world.scenario.database.migrations,
        "session": lambda world: (*world.running, *world.sessions),
        "job": lambda world: world.scenario.jobs,
        "pool": lambda world: [pool for state in world.serving.values() for pool in state.pools],
        "shift_traffic.from": lambda world: world.scenario.pools,
        "shift_traffic.to": lambda world: world.scenario.pools,
        "roll_back.to": lambda world: (*world.scenario.releases, *world.tags),
        "restore_backup.to": lambda _: (),
        "backup": lambda world: world.backups,
        "tables": lambda world: world.scenario.database.tables,
        "person": lambda world: world.scenario.people,
        "endpoint": lambda world: [name for one in world.scenario.services.values() for name in one.endpoints],
        "version": lambda _: ("candidate",),
        "severity": lambda _: SEVERITIES,
        "claim": lambda _: CLAIMS[1:],
        "alert": lambda world: dict.fromkeys([*world.alerts, *(name for name, _, _ in every_alert(world.scenario))]),
        "schema": lambda _: ("keep", "down"),
        "how": lambda _: HOW,
        "state": lambda _: STATES,
        "mark_migration.state": lambda _: ("applied", "pending"),
        "stage": lambda world: dict.fromkeys(s for one in world.scenario.services.values() for s in one.stages),
        "without": lambda world: dict.fromkeys(s for one in world.scenario.services.values() for s in one.stages),
        "where": lambda _: ("production_schema",),
        "transaction": lambda _: ("true", "false"),
    }
)
_PREDICT = ("errors", "confidence", "endpoint", "within")


def values(action: str, parameter: str, world: World, key: Key | None = None) -> list[str]:
    """What a parameter of an action may be in this world, as far as there is a list of it."""
    if parameter == "about" or (action, parameter) == ("answer", "question"):
        return list({} if key is None else key.hints if parameter == "about" else key.questions)
    if (action, parameter) == ("answer", "choice"):
        return [] if key is None else list(dict.fromkeys(c for one in key.questions.values() for c in one.choices))
    names = _NAMES.get(f"{action}.{parameter}", _NAMES.get(parameter))
    return [] if names is None else list(names(world))


def completion(line: str, world: World, key: Key | None = None) -> list[str]:
    """Whole lines that this one may become, as far as its next word is known; the likeliest first."""
    verb, space, rest = line.partition(" ")
    if not space:
        return [word for word in (*ACTIONS, *OWN, *PROBES, *ALIASES) if word.startswith(verb)]
    verb = ALIASES.get(verb, verb)
    before, _, begun = rest.rpartition(" ")
    head = f"{line[: len(line) - len(begun)]}"
    return [head + word for word in _next(verb, before.split(), begun, world, key) if word.startswith(begun)]


def _next(verb: str, before: list[str], begun: str, world: World, key: Key | None) -> list[str]:
    if verb == "help":
        return [*ACTIONS, *OWN] if not before else []
    if verb == "predict":
        named = [f"{name}=" for name in _PREDICT[2:]]
        return list(DIRECTIONS) if not before else named if "=" not in begun else []
    if verb == "preview":
        return list(ACTIONS) if not before else _next(before[0], before[1:], begun, world, key)
    if verb not in ACTIONS:
        return []
    takes = parameters(ACTIONS[verb])
    name, equals, _ = begun.partition("=")
    if equals and name in takes:
        return [f"{name}={value}" for value in values(verb, name, world, key)]
    given = {word.partition("=")[0] for word in before if "=" in word}
    places = [one for one in takes if one not in given]
    place = sum("=" not in word for word in before)
    here = values(verb, places[place], world, key) if place < len(places) else []
    return here + [
        f"{one}=" for one, (_, needed) in takes.items() if not needed and one not in given and one != rest_of(verb)
    ]
