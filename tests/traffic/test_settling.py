"""Settle, then change: the same counts in whatever steps they are asked for, and no request lost on the way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.traffic.traffic import Traffic
from sim.traffic.values import POOL_TIMEOUT, Mix
from tests.traffic.worlds import Change, counted, flow, histories, regime, serving, watched

HORIZON_S = 120
LOOKS = st.one_of(
    st.just(range(1, HORIZON_S)), st.just(range(60, HORIZON_S, 60)), st.lists(st.integers(0, HORIZON_S), max_size=12)
)


@settings(max_examples=120)
@given(seed=st.integers(0, 2**64), changes=histories(HORIZON_S), looks=LOOKS, ahead=st.booleans())
def test_looking_changes_nothing(seed: int, changes: list[Change], looks: list[int], ahead: bool) -> None:
    """In one go, each minute, each second or whenever somebody looks, with and without counting ahead: one digest."""
    whole = counted(seed, HORIZON_S, changes)
    seen = watched(seed, HORIZON_S, changes, looks, ahead=ahead)
    assert seen.digest(HORIZON_S) == whole.digest(HORIZON_S)


@settings(max_examples=120)
@given(seed=st.integers(0, 2**64), changes=histories(HORIZON_S))
def test_what_arrives_succeeds_fails_or_waits(seed: int, changes: list[Change]) -> None:
    """At the end of every second, for every endpoint, whatever is overloaded, stalled or gone."""
    traffic = counted(seed, HORIZON_S, changes)
    for endpoint in (None, "A", "B", "C"):
        arrived = np.cumsum(traffic.total(endpoint, 0, HORIZON_S))
        failed = np.cumsum(traffic.failed(endpoint, 0, HORIZON_S))
        passed = traffic.passed(endpoint, 0, HORIZON_S)
        waiting = traffic.in_flight(endpoint, 0, HORIZON_S)
        assert np.array_equal(arrived, failed + np.cumsum(passed) + waiting)
        assert passed.min() >= 0
        assert waiting.min() >= 0
        assert (traffic.harmed(endpoint, 0, HORIZON_S) <= passed).all()
        tally = traffic.tally(endpoint, 30, 90)
        assert (tally.total, tally.failed) == (arrived[89] - arrived[29], failed[89] - failed[29])
        assert (tally.in_flight, tally.failed) == (waiting[89], sum(tally.errors.values()))


@settings(max_examples=60)
@given(seed=st.integers(0, 2**64), changes=histories(HORIZON_S), cut=st.integers(1, HORIZON_S))
def test_the_future_never_changes_the_past(seed: int, changes: list[Change], cut: int) -> None:
    """What is counted before a moment does not depend on what happens from then on."""
    past = [change for change in changes if change[0] < cut]
    assert counted(seed, HORIZON_S, changes).digest(cut) == counted(seed, HORIZON_S, past).digest(cut)


def test_the_draws_reach_every_situation() -> None:
    """The histories above are not all calm: some overload a pool, some stall, some harm, some end in waiting."""
    seen: set[str] = set()

    @settings(max_examples=200, database=None)
    @given(changes=histories(HORIZON_S))
    def look(changes: list[Change]) -> None:
        tally = counted(1, HORIZON_S, changes).tally(None, 0, HORIZON_S)
        seen.update(tally.errors)
        seen.update(name for name, count in (("harm", tally.harmed), ("waiting", tally.in_flight)) if count)

    look()
    assert {POOL_TIMEOUT, "ServiceUnavailable", "ClientClosedRequest", "23502", "harm", "waiting"} <= seen


def test_settling_what_is_settled_costs_nothing_and_counts_ahead_only_when_asked() -> None:
    """Counts reach as far as was asked, or somewhat further if the caller said how far that may be."""
    traffic = Traffic(1, 600, regime(flow(serving())))
    assert traffic.settle(10) == 10
    assert traffic.settle(11, 600) == traffic.done > 11
    assert traffic.settle(12, 600) == traffic.done
    assert traffic.settle(traffic.done + 1, traffic.done + 2) <= traffic.done <= 600


def test_counts_are_not_read_before_they_are_made() -> None:
    """A question about the future is a mistake in the caller, and said to be one."""
    traffic = Traffic(1, 600, regime(flow(serving())))
    traffic.settle(100)
    for ask in (traffic.total, traffic.failed, traffic.passed, traffic.tally):
        with pytest.raises(ValueError, match="counts reach to second 100"):
            ask("GET /", 0, 101)
        with pytest.raises(ValueError, match="counts begin at second 0"):
            ask("GET /", -1, 50)
    with pytest.raises(ValueError, match="the run ends at second 600"):
        traffic.settle(601)


def test_a_change_comes_after_what_is_settled() -> None:
    """The past stands; what was only counted ahead is counted anew."""
    opening, failing = (regime(flow(serving(mix=Mix(4000, (("23502", bad),))))) for bad in (0, 4000))
    traffic = Traffic(1, 600, opening)
    traffic.settle(100, 600)
    with pytest.raises(ValueError, match="second 99 is settled"):
        traffic.change(99, failing)
    traffic.change(100, failing)
    traffic.settle(600)
    assert traffic.tally(None, 0, 100).failed == 0
    assert traffic.tally(None, 100, 600).share == 1.0
    with pytest.raises(ValueError, match="comes before the change"):
        Traffic(1, 600, opening).change(-1, failing)


def test_the_last_change_within_a_second_wins() -> None:
    """A second is counted under one world."""
    opening, failing = (regime(flow(serving(mix=Mix(4000, (("23502", bad),))))) for bad in (0, 4000))
    there_and_back = counted(1, 300, [(0, opening), (100, failing), (100, opening)])
    assert there_and_back.digest(300) == counted(1, 300, [(0, opening)]).digest(300)


def test_three_days_are_counted_like_three_minutes() -> None:
    """A long horizon is counted block by block; a block's edge leaves no trace in the counts."""
    horizon_s = 259_200
    changes = [(0, regime(flow(serving(), rps=5.0))), (8_000, regime(flow(serving(), serving("v2", 2), rps=5.0)))]
    whole = counted(1, horizon_s, changes)
    pieces = watched(1, horizon_s, changes, range(4_000, horizon_s, 50_001), ahead=True)
    assert whole.digest(horizon_s) == pieces.digest(horizon_s)
    assert abs(whole.tally(None, 0, horizon_s).total / (5 * horizon_s) - 1) < 0.005
