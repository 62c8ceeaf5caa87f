"""The database is slow."""

from sim.faults.base import Factor, Trouble


class SlowDatabase(Trouble):
    """Every statement takes `factor` times as long."""

    factor: Factor

    def slows_statements(self) -> float:
        return self.factor
