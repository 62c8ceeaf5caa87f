"""Every kind of fault by name: the one list that the language, the engine and the docs read."""

from typing import Self

from pydantic import model_validator

from sim.faults.base import Trouble
from sim.faults.brown_out import BrownOut
from sim.faults.crash import Crash
from sim.faults.false_alert import FalseAlert
from sim.faults.full_disk import FullDisk
from sim.faults.long_session import LongSession
from sim.faults.no_answer import NoAnswer
from sim.faults.outage import Outage
from sim.faults.replica_lag import ReplicaLag
from sim.faults.slow_database import SlowDatabase
from sim.faults.stuck_pipeline import StuckPipeline
from sim.faults.surge import Surge
from sim.faults.switched_off import SwitchedOff
from sim.scenario.values import Spec


class Fault(Spec):
    """Exactly one kind of trouble; `kind` and `spec` are what the engine asks for."""

    slow_database: SlowDatabase | None = None
    crash: Crash | None = None
    full_disk: FullDisk | None = None
    outage: Outage | None = None
    brown_out: BrownOut | None = None
    surge: Surge | None = None
    replica_lag: ReplicaLag | None = None
    stuck_pipeline: StuckPipeline | None = None
    long_session: LongSession | None = None
    no_answer: NoAnswer | None = None
    false_alert: FalseAlert | None = None
    switched_off: SwitchedOff | None = None

    @model_validator(mode="after")
    def _just_one(self) -> Self:
        if len(self._given) != 1:
            raise ValueError(f"a fault is one thing; write one of {', '.join(type(self).model_fields)}")
        return self

    @property
    def kind(self) -> str:
        """The fault's name, as written."""
        return self._given[0]

    @property
    def spec(self) -> Trouble:
        """The fault's own values."""
        spec: Trouble = getattr(self, self.kind)
        return spec

    @property
    def _given(self) -> list[str]:
        return [name for name in type(self).model_fields if getattr(self, name) is not None]
