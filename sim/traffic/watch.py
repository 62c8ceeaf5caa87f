"""Thresholds over counts: the first moment at which one is passed, found on whole stretches at once.

A moment s is the end of second s - 1: only what was counted before it is looked at. Before clock zero an endpoint is
taken to have served its opening rate without a failure, so a long window can be looked at from the start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.traffic.ledger import Ledger

Truths = NDArray[np.bool_]
Sums = NDArray[np.int64]


@dataclass(frozen=True)
class Over:
    """More than a share of an endpoint's requests (None: of all) failed in the last `window_s` seconds."""

    endpoint: str | None
    share: float
    window_s: int

    def least(self, _: int) -> int:
        """However few fail, they are a share."""
        return 0


@dataclass(frozen=True)
class Burn:
    """More than a share failed in each of several windows, and a handful in the shortest.

    The share is the burn rate times the error budget.
    """

    share: float
    windows_s: tuple[int, ...]
    endpoint: str | None = None

    def least(self, window_s: int) -> int:
        """So many failures there are at least, where a window burns."""
        return _LEAST_FAILURES if window_s == min(self.windows_s) else 0


@dataclass(frozen=True)
class Healthy:
    """Every endpoint is served and fails, or keeps waiting, less than `below` of a window; held for `hold_s`."""

    endpoints: tuple[str, ...]
    below: float
    window_s: int = 60
    hold_s: int = 0


Trigger = Over | Burn | Healthy
Spans = tuple[int, ...]
Doubt = Callable[[int, int], bool]

# Where hardly anybody comes, one failed request is a large share, and no reason to wake somebody.
_LEAST_FAILURES = 3
_TOTAL, _FAILED = 0, 1
_SHORT_S = 32


class Counted(Protocol):
    """What a watch reads beside counts."""

    def in_flight(self, endpoint: str | None, start: int, stop: int) -> Sums: ...
    def served(self, endpoint: str, start: int, stop: int) -> Truths: ...
    def opening_rps(self, endpoint: str | None) -> float: ...


class _Running:
    """Running sums of the requests and the failures of every endpoint; extended as counting goes on."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self.reach = ledger, 0
        self.sums = np.zeros((2, 0, ledger.horizon_s + 1), np.int64)

    def extend(self, to: int) -> None:
        """Up to a moment that was counted, for whoever is known by now."""
        rows = len(self._ledger.endpoints.names)
        if rows > self.sums.shape[1]:
            wider = np.zeros((2, rows, self.sums.shape[2]), np.int64)
            wider[:, : self.sums.shape[1]] = self.sums
            self.sums = wider
        if to > self.reach:
            fresh = self.sums[:, :, self.reach + 1 : to + 1]
            np.cumsum(self._ledger.both(self.reach, to), axis=2, out=fresh)
            fresh += self.sums[:, :, self.reach, None]
            self.reach = to

    def row(self, endpoint: str | None) -> int | None:
        """Where an endpoint's sums are; None for one that is unknown, and for all together."""
        return self._ledger.endpoints.rows.get(endpoint) if endpoint is not None else None

    def windows(self, endpoint: str | None, what: int, span: int, after: int, upto: int) -> Sums:
        """What came in the last `span` seconds before each moment in (after, upto]."""
        row, begin, end = self.row(endpoint), after + 1 - span, upto + 1 - span
        sums: Sums = self.sums[what, row if row is not None else self._ledger.rows(endpoint)]
        if row is None:
            sums = sums.sum(axis=0)
        counts: Sums = sums[after + 1 : upto + 1].copy()
        if begin >= 0:
            counts -= sums[begin:end]
        elif end > 0:
            counts[-begin:] -= sums[:end]
        return counts


class Watch:
    """Looks at what was counted; remembers running sums."""

    def __init__(self, counted: Counted, ledger: Ledger) -> None:
        self._counted, self._running, self._every = counted, _Running(ledger), 1

    def forget(self, second: int) -> None:
        """Counts from here on are no longer true."""
        self._running.reach = min(self._running.reach, second)

    def doubt(self, trigger: Trigger, *, lifted: bool) -> Doubt:
        """A quick look, asked again and again: whether a trigger may begin, or cease, to hold in a counted stretch."""
        row = None if isinstance(trigger, Healthy) else self._running.row(trigger.endpoint)
        if row is None or isinstance(trigger, Healthy):
            return lambda _after, _upto: True
        spans = (trigger.window_s,) if isinstance(trigger, Over) else tuple(sorted(trigger.windows_s))
        bounds = [(span, trigger.least(span)) for span in spans]
        running, share, rps = self._running, trigger.share, self._counted.opening_rps(trigger.endpoint)

        def may_hold(after: int, upto: int) -> bool:
            item = running.sums.item
            failed, total = item(_FAILED, row, upto), item(_TOTAL, row, after + 1)
            for span, least in bounds:
                begin, end = after + 1 - span, upto - span
                most = failed - item(_FAILED, row, begin) if begin > 0 else failed
                came = total - item(_TOTAL, row, end) if end > 0 else total - end * rps
                fewest = came if end <= after else 0
                if most < least or most <= fewest * share:
                    return False
            return True

        def may_cease(after: int, upto: int) -> bool:
            return not all(self._always(trigger, row, span, (after, upto)) for span in spans)

        return may_cease if lifted else may_hold

    def extend(self, to: int) -> None:
        """Take note of what was counted up to a moment."""
        self._running.extend(to)

    def first(self, trigger: Trigger, after: int, upto: int, *, lifted: bool, every: int = 1) -> int | None:
        """The first of the moments looked at in (after, upto] at which a trigger holds, or no longer holds."""
        if upto <= after:
            return None
        self._every = every
        self._running.extend(upto)
        if isinstance(trigger, Healthy):
            return self._look(trigger, after, upto, lifted=lifted)
        spans = (trigger.window_s,) if isinstance(trigger, Over) else trigger.windows_s
        return self._search(trigger, spans, after, upto, lifted=lifted)

    def _look(self, trigger: Trigger, after: int, upto: int, *, lifted: bool) -> int | None:
        first = self._looked_at(after)
        if first > upto:
            return None
        holds = self.holds(trigger, after, upto)[first - after - 1 :: self._every]
        at = int(holds.argmin() if lifted else holds.argmax())
        return first + at * self._every if bool(holds[at]) is not lifted else None

    def _looked_at(self, after: int) -> int:
        """The first moment after this one that is looked at."""
        return after - after % self._every + self._every

    def _search(self, trigger: Over | Burn, spans: Spans, after: int, upto: int, *, lifted: bool) -> int | None:
        """A few numbers often tell that nothing happens in a stretch; if not, perhaps they do in each of its halves."""
        known = self._throughout(trigger, spans, after, upto)
        if known is not None:
            return None if known is lifted or self._looked_at(after) > upto else self._looked_at(after)
        if upto - after <= _SHORT_S:
            return self._look(trigger, after, upto, lifted=lifted)
        middle = (after + upto) // 2
        found = self._search(trigger, spans, after, middle, lifted=lifted)
        return self._search(trigger, spans, middle, upto, lifted=lifted) if found is None else found

    def _throughout(self, trigger: Over | Burn, spans: Spans, after: int, upto: int) -> bool | None:
        """Whether a trigger holds at every moment, or at none, by the most and the fewest that any window can hold."""
        row = self._running.row(trigger.endpoint)
        if row is None:
            return None
        item, share, always = self._running.sums.item, trigger.share, True
        failed, total = item(_FAILED, row, upto), item(_TOTAL, row, after + 1)
        for span in spans:
            begin, end = after + 1 - span, upto - span
            rps = self._counted.opening_rps(trigger.endpoint) if begin < 0 else 0.0
            most_failed = failed - item(_FAILED, row, begin) if begin > 0 else failed
            fewest = (total - item(_TOTAL, row, end) if end > 0 else total) if end <= after else 0
            if most_failed <= (fewest - end * rps if end < 0 else fewest) * share or most_failed < trigger.least(span):
                return False
            always = always and self._always(trigger, row, span, (after, upto))
        return True if always else None

    def _always(self, trigger: Over | Burn, row: int, span: int, moments: tuple[int, int]) -> bool:
        """What failed in every window of these moments is enough, whatever came in any of them."""
        (after, upto), item = moments, self._running.sums.item
        begin, end = max(0, after + 1 - span), max(0, upto - span)
        if end > after:
            return False
        before_zero = max(0, span - after - 1) * self._counted.opening_rps(trigger.endpoint)
        fewest_failed = item(_FAILED, row, after + 1) - item(_FAILED, row, end)
        most = item(_TOTAL, row, upto) - item(_TOTAL, row, begin) + before_zero
        return fewest_failed >= trigger.least(span) and fewest_failed > most * trigger.share

    def holds(self, trigger: Trigger, after: int, upto: int) -> Truths:
        """Whether a trigger holds, at each moment in (after, upto]."""
        self._running.extend(upto)
        if isinstance(trigger, Over):
            return self._over(trigger, trigger.window_s, after, upto)
        if isinstance(trigger, Burn):
            return _all([self._over(trigger, span, after, upto) for span in trigger.windows_s], upto - after)
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

    def _requests(self, endpoint: str | None, span: int, after: int, upto: int) -> Sums | NDArray[np.float64]:
        total = self._running.windows(endpoint, _TOTAL, span, after, upto)
        if span <= after:
            return total
        before_zero = np.maximum(np.arange(span - after - 1, span - upto - 1, -1), 0)
        return total + before_zero * self._counted.opening_rps(endpoint)

    def _over(self, trigger: Over | Burn, span: int, after: int, upto: int) -> Truths:
        failed = self._running.windows(trigger.endpoint, _FAILED, span, after, upto)
        over: Truths = failed > self._requests(trigger.endpoint, span, after, upto) * trigger.share
        least = trigger.least(span)
        return over & (failed >= least) if least else over

    def _well(self, trigger: Healthy, endpoint: str, after: int, upto: int) -> Truths:
        failed = self._running.windows(endpoint, _FAILED, trigger.window_s, after, upto)
        total = self._requests(endpoint, trigger.window_s, after, upto)
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
