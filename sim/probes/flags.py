"""The flags."""

from collections.abc import Iterator

from sim.clock import show
from sim.engine.engine import Engine
from sim.facts import FlagCreated, FlagDeleted, FlagSet


def read(engine: Engine) -> str:
    """Each flag, the percentage of requests it is on for, since when, and which code that serves asks for it."""
    flags, asks = engine.world.flags, _asking(engine)
    changed = {
        entry.fact.flag: entry.at_ms
        for entry in engine.journal.entries
        if isinstance(entry.fact, FlagSet | FlagCreated | FlagDeleted)
    }
    lines = []
    for flag in (*flags, *(name for name in asks if name not in flags)):
        state = f"{flags[flag]} %" if flag in flags else "not in the flag service, so off for everybody"
        since = f", since {show(changed[flag])}" if flag in changed else ""
        asking = ", ".join(asks.get(flag, ())) or "no code that serves"
        lines.append(f"{flag}: {state}{since}; asked for by {asking}")
    return "\n".join(lines) or "no flags"


def _asking(engine: Engine) -> dict[str, list[str]]:
    """Flag → the endpoints and jobs that ask for it, with the release that does."""
    found: dict[str, list[str]] = {}
    for work, build in _running(engine):
        for flag in engine.mixes.judgements.work(work, build).flags:
            who = f"{work} ({engine.mixes.judgements.label(build)})"
            if who not in found.setdefault(flag, []):
                found[flag].append(who)
    return found


def _running(engine: Engine) -> Iterator[tuple[str, frozenset[str]]]:
    """Every endpoint and job with each build that serves it now."""
    scenario = engine.world.scenario
    for service, state in engine.world.serving.items():
        jobs = [name for name, job in scenario.jobs.items() if job.service in (None, service)]
        for slot in state.slots:
            if slot.instances:
                yield from ((work, slot.build) for work in (*engine.world.service(service).endpoints, *jobs))
