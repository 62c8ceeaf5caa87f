"""Nothing is rolled out."""

from sim.faults.base import Trouble
from sim.scenario.values import Name


class StuckPipeline(Trouble):
    """No roll-out of the service begins or goes on."""

    mentions = (("service", "service"),)
    service: Name | None = None

    def stops_roll_outs(self, service: str) -> bool:
        return self.service in {None, service}
