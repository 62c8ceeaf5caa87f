"""What an action would do, before it is done: what it takes, risks and cannot undo, and what the world says now."""

from inspect import getdoc
from typing import TYPE_CHECKING, Any

from sim import facts as f
from sim.catalogue import ACTIONS, make, parameters
from sim.clock import spell
from sim.scenario.build import label
from tui.views.irrevocable import takes_away
from tui.views.spans import DIM, ERR, OK, PLAIN, STRONG, WARN, Row, row

if TYPE_CHECKING:
    from sim.world import World


def deeds() -> tuple[str, ...]:
    """The actions that change something, in the order of the catalogue; looking and thinking have their own places."""
    return tuple(name for name, action in ACTIONS.items() if not action.looks and not action.thinks)


def described(name: str) -> Row:
    """An action in one line, for a list."""
    action = ACTIONS[name]
    doc = (getdoc(action) or "").split("\n")[0]
    return row((f"{name:<18}", STRONG), (doc, DIM), key=name)


def about(name: str) -> tuple[Row, ...]:
    """What the catalogue says of an action."""
    action = ACTIONS[name]
    taken = ", ".join(key if needed else f"[{key}]" for key, (_, needed) in parameters(action).items())
    return (
        row(getdoc(action) or ""),
        row(("needs ", DIM), action.needs, ("   asks for ", DIM), taken or "nothing"),
        row(("takes ", DIM), action.takes),
        row(("risk  ", DIM), (action.risk, WARN if action.risk != "none" else PLAIN)),
        row(("undo  ", DIM), action.undo),
    )


def preview(world: "World", name: str, given: dict[str, Any]) -> tuple[tuple[Row, ...], bool]:
    """What would happen if it were done now, and whether it can be; the world is asked, and nothing changes."""
    try:
        action = make(name, given)
        answer = action.decide(world)
    except ValueError as mistake:
        return (row(("not yet: ", WARN), str(mistake)),), False
    refused = [fact for fact in answer if isinstance(fact, f.Refused)]
    if refused:
        hint = f" – {refused[0].hint}" if refused[0].hint else ""
        return (row(("would be refused: ", ERR), refused[0].why + hint),), False
    rows = [row(("now   ", DIM), *_would(world, fact)) for fact in answer]
    if lost := takes_away(world, action):
        rows.append(row(("GONE  ", ERR), (lost, ERR)))
    return tuple(rows) or (row(("now   ", DIM), "this is done at once"),), True


def _would(world: "World", fact: "f.Fact") -> tuple[tuple[str, str], ...]:
    scenario = world.scenario
    match fact:
        case f.RolloutBegan(service=service, build=build, schema_down=down):
            text = f"{service}: {_instances(world, service)} to {label(scenario, build)}"
            return ((text, PLAIN), (f", and undoes {', '.join(down)}" if down else "", WARN))
        case f.ScriptSent(sql=sql, migration=migration):
            return ((f"{migration or 'runs'}: {sql}", PLAIN),)
        case f.FlagSet(flag=flag, percent=percent):
            return ((f"{flag} from {world.flags.get(flag, 0)} % to {percent} %", PLAIN),)
        case f.Paged(person=person):
            return ((f"{person} is paged, and answers when they can", PLAIN),)
        case f.Claimed():
            return (("claims that it is over; whether it is, is computed", WARN),)
        case f.StoodDown():
            return (("ends the run here, unresolved", ERR),)
        case f.SessionEnded(session=session):
            return ((f"{session} loses what it has not committed", ERR),)
        case f.RestoreBegan(backup=backup, how=how, as_of_ms=as_of):
            text = f"{how.replace('_', ' ')} from {backup}, as of {spell(as_of - world.now_ms)} from now"
            return ((text, PLAIN),)
        case f.BackfillBegan(sql=sql, batch=batch):
            return ((f"{batch} rows at a time: {sql}", PLAIN),)
        case _:
            return (("takes hold at once", OK),)


def _instances(world: "World", service: str) -> str:
    state, spec = world.serving[service], world.service(service)
    count = sum(slot.instances for slot in state.slots)
    rollout = getattr(spec, "rollout", None)
    each, at_once = getattr(rollout, "each", 0), max(1, getattr(rollout, "at_once", 1))
    takes = f", about {spell(each * -(-count // at_once))}" if each else ""
    return f"{count} instances{takes}"
