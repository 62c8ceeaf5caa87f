"""From figures to shares of points: each scale falls from 1 towards 0 and never rises with more harm."""

from math import sqrt

KEPT = 0.25
"""What is left of a criterion for whoever does nothing: who makes it worse has less."""
SLACK, SIGMAS = 0.05, 3.0


def slack(good: float) -> float:
    """How much more than a known figure is still the same, chance considered."""
    return good * (1 + SLACK) + SIGMAS * sqrt(good)


def between(value: float, good: float, nothing: float, least: float = 1.0) -> float:
    """1 up to what is good, down to `KEPT` at what doing nothing costs, and on towards 0 beyond.

    Where doing nothing costs no more than the good way, the scale falls from 1 as if `least` were a lot.
    """
    best = slack(good)
    if value <= best:
        return 1.0
    if nothing <= best:
        return least / (least + value - best)
    if value <= nothing:
        return 1 - (1 - KEPT) * (value - best) / (nothing - best)
    span = max(nothing - best, least)
    return KEPT * span / (span + value - nothing)


def falling(excess: float, worst: float) -> float:
    """1 for no excess, 0 at the worst that is known; the first of it counts most."""
    return 1.0 if excess <= 0 else max(0.0, 1 - sqrt(excess / max(worst, excess / 4)))
