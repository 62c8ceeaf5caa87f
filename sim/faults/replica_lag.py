"""The replica is late."""

from sim.faults.base import Trouble
from sim.scenario.values import Lasting


class ReplicaLag(Trouble):
    """The replica that `query` reads shows the world as it was so long ago."""

    by: Lasting
