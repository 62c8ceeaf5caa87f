"""What has to be out, or kept from going out, for a run to count as resolved."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.facts import Announced, InstancesReplaced, Posted, RolloutBegan, StageEnded, TrafficShifted
from sim.scenario.build import Build
from sim.scenario.model import Served
from sim.scenario.pipeline import deed
from sim.world import World, opening

if TYPE_CHECKING:
    from sim.engine.engine import Engine


def is_out(engine: "Engine") -> bool:
    """Whether each service serves what it should, has served what it had to, and never what it must not."""
    return all(_fits(engine, service, wanted) for service, wanted in engine.world.scenario.done.serves.items())


def _fits(engine: "Engine", service: str, wanted: Served) -> bool:
    world = engine.world
    slots = [slot for slot in world.serving[service].slots if slot.instances and slot.weight]
    now = {slot.build for slot in slots}
    ever = set(_ever(engine, service))
    return (
        bool(now)
        and (wanted.release is None or now == {_meant(world, wanted.release)})
        and all(_meant(world, name) in ever for name in wanted.once)
        and not any(_meant(world, name) in ever for name in wanted.never)
    )


def _ever(engine: "Engine", service: str) -> Iterator[Build]:
    """Every build that has taken traffic of this service."""
    yield from (slot.build for slot in opening(engine.world.scenario, engine.seed).serving[service].slots)
    for entry in engine.journal.entries:
        if isinstance(entry.fact, InstancesReplaced) and entry.fact.service == service and entry.fact.count:
            yield entry.fact.now


def _meant(world: World, name: str) -> Build:
    return frozenset(world.scenario.releases[world.scenario.tags.get(name, name)])


def out_since_ms(engine: "Engine") -> int:
    """Since when the services serve what they serve, where that matters: nothing is over before it is out."""
    wanted = engine.world.scenario.done.serves
    moved = (
        entry.at_ms
        for entry in engine.journal.entries
        if isinstance(entry.fact, InstancesReplaced | TrafficShifted) and entry.fact.service in wanted
    )
    return max(moved, default=0)


def is_told(engine: "Engine") -> bool:
    """Whether those who wait have heard how it ended, where that is part of the end."""
    if not engine.world.scenario.done.told:
        return True
    posted = max((entry.at_ms for entry in engine.journal.entries if isinstance(entry.fact, Posted)), default=-1)
    moved = (entry.at_ms for entry in engine.journal.entries if isinstance(entry.fact, InstancesReplaced))
    return posted >= max(moved, default=0)


def is_announced(engine: "Engine") -> bool:
    """Whether what had to be announced was, before the first instance moved."""
    entries = engine.journal.entries
    moved = next((entry.seq for entry in entries if isinstance(entry.fact, InstancesReplaced)), len(entries))
    said = {entry.fact.what for entry in entries[:moved] if isinstance(entry.fact, Announced)}
    return set(engine.world.scenario.done.announced) <= said


def is_gated(engine: "Engine") -> bool:
    """Whether the smoke stage has stopped and let through what it should, each time it last met it."""
    done = engine.world.scenario.done
    said = dict(_gate(engine)) if done.blocked or done.passed else {}
    blocked = all(said.get(name) is False for name in done.blocked)
    return blocked and all(said.get(name) is True for name in done.passed)


def _gate(engine: "Engine") -> Iterator[tuple[str, bool]]:
    """What the gate said of each candidate, by the name under which it came, in order."""
    named: dict[str, str] = {}
    for entry in engine.journal.entries:
        match entry.fact:
            case RolloutBegan(service=service, named=name):
                named[service] = name
            case StageEnded(service=service, stage=stage, ok=ok):
                stages = engine.world.service(service).stages
                if deed(stage, stages[stage]) == "smoke":
                    yield named[service], ok
            case _:
                pass
