"""More users than usual."""

from sim.faults.base import Factor, Trouble
from sim.scenario.values import Name


class Surge(Trouble):
    """Traffic is `factor` times as high, of one endpoint or of all."""

    mentions = (("endpoint", "endpoint"),)
    factor: Factor
    endpoint: Name | None = None

    def multiplies(self, endpoint: str) -> float:
        return self.factor if self.endpoint in {None, endpoint} else 1.0
