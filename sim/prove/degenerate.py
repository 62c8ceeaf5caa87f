"""Plays that mend nothing: a scenario that any of them resolves is not one."""

from collections.abc import Iterator

from sim.actions.resolve import Resolve
from sim.prove.candidates import Deed, candidates
from sim.prove.trial import Steps, carry_out
from sim.stage import Stage

SPAM_MAX, SPAM_MS = 60, 5_000
_HIDES = frozenset({"silence", "pause_job", "pause_rollout", "hold_stage"})


def degenerate_plays(stage: Stage, seed: int) -> Iterator[tuple[str, Steps]]:
    """Nothing; the all-clear at once; and whatever the catalogue has that hides or stops instead of mending."""
    loaded = stage.loaded(seed)
    at = loaded.scenario.clock.handover
    yield "do nothing", ()
    yield "resolve at once", ((at, Resolve()),)
    deeds = candidates(loaded).deeds
    zero = [deed for deed in deeds if deed.action.name == "scale" and getattr(deed.action, "instances", 1) == 0]
    kinds: dict[str, list[Deed]] = {"scale to zero": zero} if zero else {}
    for deed in deeds:
        if deed.action.name in _HIDES:
            kinds.setdefault(f"{deed.action.name} everything", []).append(deed)
    if len(kinds) > 1:
        kinds["all of these"] = [deed for some in kinds.values() for deed in some]
    for name, some in kinds.items():
        yield name, (*((at, deed.action) for deed in some), (at, Resolve()))


def resolved_by_nothing(stage: Stage, seeds: tuple[int, ...]) -> list[str]:
    """What is wrong with a scenario that such a play resolves, a sentence for each."""
    return [
        f"with seed {seed}, “{name}” counts as resolved"
        for seed in seeds
        for name, steps in degenerate_plays(stage, seed)
        if carry_out(stage, seed, steps).good
    ]


def spam(stage: Stage, seed: int) -> Iterator[tuple[str, Steps]]:
    """Everything that the catalogue has for this scenario, one thing after the other, five seconds apart."""
    loaded = stage.loaded(seed)
    start, limit = loaded.scenario.clock.handover, loaded.scenario.clock.limit
    deeds = candidates(loaded).deeds[:SPAM_MAX]
    steps = [(min(start + number * SPAM_MS, limit), deed.action) for number, deed in enumerate(deeds)]
    yield "spam every action", (*steps, (min(start + len(steps) * SPAM_MS, limit), Resolve()))
