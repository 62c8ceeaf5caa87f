"""What the faults that last do to instances and to requests."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sim.faults.base import Trouble
from sim.traffic.values import Mix
from sim.world import Slot, World

NO_SPACE = "No space left on device"


def specs(world: World) -> list[Trouble]:
    """The faults that last."""
    return [ailment.fault.spec for ailment in world.faults]


def answering(world: World, service: str) -> list[Slot]:
    """The slots less the instances that a fault has taken, first slots first."""
    slots = list(world.serving[service].slots)
    for spec in specs(world):
        if lost := spec.takes_away(service):
            here = [slot.instances if spec.reaches(slot.pool) else 0 for slot in slots]
            gone = zip(slots, _taken(here, lost), strict=True)
            slots = [replace(slot, instances=slot.instances - count) for slot, count in gone]
    return slots


def _taken(instances: Iterable[int], count: int) -> list[int]:
    """So many instances, from the first slots first."""
    taken = []
    for there in instances:
        taken.append(min(count, there))
        count -= taken[-1]
    return taken


def full_disks(world: World, service: str, slots: Sequence[Slot]) -> list[float]:
    """The share of each slot's instances that cannot write."""
    full = _taken((slot.instances for slot in slots), sum(spec.fills_disks(service) for spec in specs(world)))
    return [some / slot.instances if some else 0.0 for some, slot in zip(full, slots, strict=True)]


def stricken(world: World, endpoint: str, mix: Mix, *, cannot_write: float = 0.0) -> Mix:
    """A mix under the faults that befall its endpoint."""
    if cannot_write:
        mix = _failing(mix, NO_SPACE, cannot_write)
    for spec in specs(world):
        if (failure := spec.fails(endpoint)) is not None:
            mix = _failing(mix, *failure)
        if extra_ms := spec.delays(endpoint):
            mix = _slower(mix, extra_ms)
    return mix


def _passing(mix: Mix) -> int:
    return mix.of - sum(count for _, count in mix.failing)


def _failing(mix: Mix, error: str, share: float) -> Mix:
    """A share of the requests that would have passed fails for a reason outside the code."""
    failing, passing = dict(mix.failing), _passing(mix)
    more = round(passing * share)
    failing[error] = failing.get(error, 0) + more
    return replace(mix, failing=tuple(sorted(failing.items())), harmed=min(mix.harmed, passing - more))


def _slower(mix: Mix, extra_ms: int) -> Mix:
    """Whoever passes takes so much longer."""
    delays = dict(mix.delays)
    delays[extra_ms] = delays.get(extra_ms, 0) + min(_passing(mix), mix.of - sum(delays.values()))
    return replace(mix, delays=tuple(sorted(delays.items())))
