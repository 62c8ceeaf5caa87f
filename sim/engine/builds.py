"""Work that people do in their own time: a fix is written and built, a page is answered."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.chance import between
from sim.clock import Millis, later, millis
from sim.engine.stricken import specs
from sim.facts import Answered, FixOrdered, FixReady, MessageArrived, Paged
from sim.scenario.values import Between

if TYPE_CHECKING:
    from sim.engine.engine import Engine


def build_fix(engine: "Engine", ordered: FixOrdered) -> Generator[Any, Any, None]:
    """The build takes as long as the scenario says, drawn from the run's seed."""
    wait = engine.world.scenario.fixes[ordered.fix].build
    if isinstance(wait, Between):
        low, high = (millis(str(end)) for end in wait.range)
        wait = Millis(between(engine.seed, f"build/{ordered.fix}", low, high))
    ready_ms = later(engine.now_ms, wait, engine.world.scenario.clock.jumps)
    yield engine.env.timeout(ready_ms - engine.now_ms)
    engine.become(FixReady(fix=ordered.fix))


def answer(engine: "Engine", paged: Paged) -> Generator[Any, Any, None]:
    """Somebody who was paged answers."""
    yield engine.env.timeout(paged.answers_at_ms - engine.now_ms)
    while any(spec.keeps_from_answering(paged.person) for spec in specs(engine.world)):
        yield engine.lifted
    engine.become(Answered(person=paged.person))
    for text in engine.world.scenario.people[paged.person].knows or ("I am here. What do you need?",):
        engine.become(MessageArrived(sender=paged.person, text=text))
