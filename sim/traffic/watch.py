"""Thresholds over counts: the first moment at which one is passed, found on whole stretches at once.

A moment s is the end of second s - 1: only what was counted before it is looked at. Before clock zero an endpoint is
taken to have served its opening rate without a failure, so a long window can be looked at from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Truths = NDArray[np.bool_]
Sums = NDArray[np.int64]


@dataclass(frozen=True)
class Over:
    """More than a share of an endpoint's requests (None: of all) failed in the last `window_s` seconds."""

    endpoint: str | None
    share: float
    window_s: int


@dataclass(frozen=True)
class Burn:
    """More than a share failed in each of several windows; the share is the burn rate times the error budget."""

    share: float
    windows_s: tuple[int, ...]
    endpoint: str | None = None


@dataclass(frozen=True)
class Healthy:
    """Every endpoint is served and fails, or keeps waiting, less than `below` of a window; held for `hold_s`."""

    endpoints: tuple[str, ...]
    below: float
    window_s: int = 60
    hold_s: int = 0


Trigger = Over | Burn | Healthy


class Counted(Protocol):
    """What a watch reads."""

    def total(self, endpoint: str | None, start: int, stop: int) -> Sums: ...
    def failed(self, endpoint: str | None, start: int, stop: int) -> Sums: ...
    def in_flight(self, endpoint: str | None, start: int, stop: int) -> Sums: ...
    def served(self, endpoint: str, start: int, stop: int) -> Truths: ...
    def opening_rps(self, endpoint: str | None) -> float: ...


class _Prefix:
    """Running sums of arrivals and failures; extended as counting goes on."""

    def __init__(self, seconds: int) -> None:
        self.total, self.failed = np.zeros(seconds + 1, np.int64), np.zeros(seconds + 1, np.int64)
        self.reach = 0

    def extend(self, counted: Counted, endpoint: str | None, to: int) -> None:
        if to > self.reach:
            for sums, counts in ((self.total, counted.total), (self.failed, counted.failed)):
                fresh = sums[self.reach + 1 : to + 1]
                np.cumsum(counts(endpoint, self.reach, to), out=fresh)
                fresh += sums[self.reach]
            self.reach = to


class Watch:
    """Looks at what was counted; remembers running sums."""

    def __init__(self, counted: Counted, horizon_s: int) -> None:
        self._counted, self._horizon_s = counted, horizon_s
        self._prefixes: dict[str | None, _Prefix] = {}

    def forget(self, second: int) -> None:
        """Counts from here on are no longer true."""
        for prefix in self._prefixes.values():
            prefix.reach = min(prefix.reach, second)

    def first(self, trigger: Trigger, after: int, upto: int) -> int | None:
        """The first moment s with after < s <= upto at which a trigger holds."""
        if upto <= after:
            return None
        holds = self.holds(trigger, after, upto)
        at = int(holds.argmax())
        return after + 1 + at if holds[at] else None

    def holds(self, trigger: Trigger, after: int, upto: int) -> Truths:
        """Whether a trigger holds, at each moment in (after, upto]."""
        if isinstance(trigger, Over):
            return self._over(trigger.endpoint, trigger.share, trigger.window_s, after, upto)
        if isinstance(trigger, Burn):
            burning = [self._over(trigger.endpoint, trigger.share, span, after, upto) for span in trigger.windows_s]
            return _all(burning, upto - after)
        early = max(0, after + 1 - max(1, trigger.hold_s))
        now = _all([self._well(trigger, name, early, upto) for name in trigger.endpoints], upto - early)
        return _held(now, trigger.hold_s)[after - early :] if trigger.hold_s > 1 else now[after - early :]

    def since(self, trigger: Trigger, at: int) -> int | None:
        """The moment since which a trigger has held without a break up to `at`, or None if it does not hold."""
        upto = at
        while upto > 0:
            after = max(0, upto - 512)
            broken = np.flatnonzero(~self.holds(trigger, after, upto))
            if broken.size:
                last = after + 1 + int(broken[-1])
                return last + 1 if last < at else None
            upto = after
        return 1 if at else None

    def _window(self, endpoint: str | None, span: int, after: int, upto: int) -> tuple[Sums, NDArray[np.float64]]:
        """Failures, and requests, in the window that ends at each moment."""
        prefix = self._prefixes.get(endpoint)
        if prefix is None:
            prefix = self._prefixes[endpoint] = _Prefix(self._horizon_s)
        prefix.extend(self._counted, endpoint, upto)
        moments = np.arange(after + 1, upto + 1)
        begins = np.maximum(moments - span, 0)
        failed = prefix.failed[moments] - prefix.failed[begins]
        before_zero = np.maximum(span - moments, 0) * self._counted.opening_rps(endpoint)
        return failed, prefix.total[moments] - prefix.total[begins] + before_zero

    def _over(self, endpoint: str | None, share: float, span: int, after: int, upto: int) -> Truths:
        failed, total = self._window(endpoint, span, after, upto)
        return failed > total * share

    def _well(self, trigger: Healthy, endpoint: str, after: int, upto: int) -> Truths:
        failed, total = self._window(endpoint, trigger.window_s, after, upto)
        bad = failed + self._counted.in_flight(endpoint, after, upto)
        well: Truths = (bad < total * trigger.below) | (bad == 0)
        return well & self._counted.served(endpoint, after, upto)


def _all(truths: Sequence[Truths], size: int) -> Truths:
    together = np.ones(size, bool)
    for truth in truths:
        together &= truth
    return together


def _held(now: Truths, span: int) -> Truths:
    """Whether it has been so at each of the last `span` moments."""
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(now)))
    held = np.zeros(now.size, bool)
    held[span - 1 :] = np.equal(sums[span:], sums[:-span] + span)
    return held
