"""Faults come and go: one begins, lasts, and is lifted by the clock or by a line of the story."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.clock import Millis
from sim.engine.sessions import close_session, open_session, run_for_ever
from sim.facts import AlertCleared, AlertFired, FaultBegan, FaultLifted
from sim.faults.catalogue import Fault
from sim.faults.false_alert import FalseAlert
from sim.faults.long_session import LongSession

if TYPE_CHECKING:
    from sim.engine.engine import Engine


def ail(engine: "Engine", number: int, fault: Fault, lasts: Millis | None) -> Generator[Any, Any, None]:
    """A fault begins and, if it says how long it lasts, is lifted."""
    spec = fault.spec
    arguments = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    engine.become(FaultBegan(fault=fault.kind, arguments=arguments, number=number))
    if isinstance(spec, FalseAlert):
        engine.become(AlertFired(alert=spec.text))
    if isinstance(spec, LongSession):
        open_session(engine, spec.name, spec.holds, spec.runs or "")
        if spec.runs is not None:
            engine.start(spec.name, run_for_ever(engine, spec.name))
    if lasts is not None:
        yield engine.env.timeout(lasts)
        lift(engine, number)


def lift(engine: "Engine", number: int) -> None:
    """The fault that began with this number ends, if it still lasts."""
    spec = next((ailment.fault.spec for ailment in engine.world.faults if ailment.number == number), None)
    if spec is None:
        return
    engine.become(FaultLifted(number=number))
    if isinstance(spec, FalseAlert):
        engine.become(AlertCleared(alert=spec.text))
    if isinstance(spec, LongSession):
        close_session(engine, spec.name)
