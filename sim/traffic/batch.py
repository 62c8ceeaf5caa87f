"""One batch of work, counted at once: what a job's requests come to."""

import numpy as np

from sim.chance import uniforms
from sim.traffic.quantiles import binomial
from sim.traffic.values import Mix


def thin_batch(seed: int, name: str, total: int, mix: Mix) -> tuple[dict[str, int], int]:
    """How many of `total` fail of each cause, and how many of the others are harmed."""
    left, prototypes = np.array([total]), mix.of
    failing: dict[str, int] = {}
    for error, count in mix.failing:
        failed = int(binomial(left, count, prototypes, uniforms(seed, f"batch/{name}/{error}", 0, 1))[0])
        left, prototypes = left - failed, prototypes - count
        if failed:
            failing[error] = failed
    harmed = (
        int(binomial(left, mix.harmed, prototypes, uniforms(seed, f"batch/{name}/harmed", 0, 1))[0])
        if prototypes
        else 0
    )
    return failing, harmed
