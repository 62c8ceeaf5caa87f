"""What a change changed in the source."""

from sim.actions.diff import Diff
from sim.engine.engine import Engine
from sim.errors import NotModelled, nearest
from sim.scenario.build import change_of, ordered


def read(engine: Engine, action: Diff) -> str:
    """The diff of one change, or those of all that a release has beyond another."""
    scenario = engine.world.scenario
    known = (*scenario.changes, *scenario.fixes)
    if action.change and action.change not in known:
        raise NotModelled(f"there is no change {action.change!r}; {nearest(action.change, known, ', '.join(known))}")
    for release in (action.release, action.base):
        if release and release not in scenario.releases:
            hint = nearest(release, tuple(scenario.releases), ", ".join(scenario.releases))
            raise NotModelled(f"there is no release {release!r}; {hint}")
    if not action.change and not action.release:
        raise NotModelled("say which: `change:` or `release:`; the changelog names them")
    beyond = frozenset(scenario.releases.get(action.release, ())) - frozenset(scenario.releases.get(action.base, ()))
    names = (action.change,) if action.change else ordered(scenario, beyond)
    return "\n".join(_told(engine, name) for name in names) or "nothing differs"


def _told(engine: Engine, name: str) -> str:
    change = change_of(engine.world.scenario, name)
    head = f"{name} {change.title}".strip()
    if change.diff is None:
        return f"{head}: its diff was not kept"
    return f"{head}\n{(engine.folder / change.diff).read_text(encoding='utf-8', errors='replace').rstrip()}"
