"""How long requests take: percentiles of what was counted, pooled and never averaged."""

from math import exp

import numpy as np
import pytest

from bench.twin import simulate
from sim.traffic.latency import Load, erlang_c, remaining_wait, stationary_wait
from sim.traffic.values import Mix
from tests.traffic.worlds import counted, flow, regime, serving

P99 = exp(0.4 * 2.3263)


def test_without_waiting_latency_is_the_service_time() -> None:
    """A lognormal of median 80 ms has a median of 80 ms, whatever the window."""
    traffic = counted(1, 300, [(0, regime(flow(serving())))])
    whole, second = traffic.latency("GET /", 0, 300), traffic.latency("GET /", 7, 8)
    assert whole.count == traffic.tally(None, 0, 300).total
    assert whole.p50_ms == second.p50_ms == pytest.approx(80, rel=0.03)
    assert whole.p99_ms == second.p99_ms == pytest.approx(80 * P99, rel=0.03)
    assert whole.mean_ms == pytest.approx(80 * exp(0.08), rel=0.02)


def test_a_window_in_which_nothing_ends_has_no_latency() -> None:
    """No requests, no percentile: zero, not a number from nowhere."""
    traffic = counted(1, 60, [(0, regime(flow(serving(), rps=0.0)))])
    assert traffic.latency(None, 0, 60) == traffic.latency("nobody", 0, 60)
    assert traffic.latency(None, 0, 60).count == traffic.latency(None, 0, 60).p99_ms == 0


def test_percentiles_are_pooled() -> None:
    """Two endpoints together have the percentiles of their requests, not the mean of their percentiles."""
    quick, slow = (
        flow(serving(), endpoint="A", rps=90.0, median_ms=10),
        flow(serving(), endpoint="B", rps=10.0, median_ms=1000),
    )
    traffic = counted(1, 300, [(0, regime(quick, slow))])
    together = traffic.latency(None, 0, 300)
    assert together.p50_ms == pytest.approx(11, abs=2)
    assert together.p99_ms > 1400


@pytest.mark.parametrize(("affected", "p50_ms"), [(1000, 92), (4000, 580)])
def test_a_delay_befalls_those_it_befalls(affected: int, p50_ms: int) -> None:
    """A quarter delayed by half a second moves the tail, everybody delayed moves the middle."""
    traffic = counted(1, 300, [(0, regime(flow(serving(mix=Mix(4000, delays=((500, affected),))))))])
    assert traffic.latency(None, 0, 300).p50_ms == pytest.approx(p50_ms, rel=0.05)
    assert traffic.latency(None, 0, 300).p99_ms > 640


def test_waiting_for_a_lock_is_part_of_the_latency() -> None:
    """Who waited half a minute for a lock, and was served then, took half a minute."""
    stall = [(0, regime(flow(serving(), rps=1.0))), (10, regime(flow(serving(), rps=1.0, stalled=True)))]
    traffic = counted(1, 60, [*stall, (40, regime(flow(serving(), rps=1.0)))])
    assert traffic.latency(None, 40, 41).p99_ms == pytest.approx(30_000, rel=0.05)
    assert traffic.latency(None, 45, 60).p99_ms < 1000


def test_giving_up_takes_as_long_as_the_time_out() -> None:
    """While everything gives up, every percentile is the time-out."""
    traffic = counted(1, 60, [(0, regime(flow(serving(), stalled=True), servers=1))])
    assert traffic.latency(None, 30, 60).p50_ms == pytest.approx(3000, rel=0.03)


def test_a_busy_pool_is_as_slow_as_the_twin_s() -> None:
    """Nine tenths busy, then a backlog: the mean wait of the twin's requests, within its own scatter."""
    calm = regime(flow(serving(), rps=90.0, median_ms=100), servers=12, timeout_ms=60_000)
    heavy = regime(flow(serving(), rps=130.0, median_ms=100), servers=12, timeout_ms=60_000)
    changes = [(0, calm), (60, heavy), (120, calm)]
    waits = [
        [wait for arrived, wait in simulate(changes, seed, 180).waits["db"] if 60 <= arrived < 120] for seed in range(5)
    ]
    ours = [counted(seed, 180, changes).mean_wait_ms("db", 60, 120) / 1000 for seed in range(20)]
    theirs = [float(np.mean(run)) for run in waits]
    scatter = np.sqrt(np.var(ours) / len(ours) + np.var(theirs, ddof=1) / len(theirs))
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * scatter + 0.03 * np.mean(theirs)


def test_the_closed_forms_are_the_textbook_s() -> None:
    """M/M/1: the probability to wait is the load; M/D/1 waits half as long as M/M/1."""
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    exponential, constant = (stationary_wait(Load(1, 7.0, 0.1, variation))[1] for variation in (1.0, 0.0))
    assert exponential == pytest.approx(0.7 / (1 - 0.7) * 0.1)
    assert constant == pytest.approx(exponential / 2, rel=0.02)
    assert stationary_wait(Load(4, 0.0, 0.1, 1.0)) == (0.0, 0.0)


def test_a_full_pool_has_a_wait_all_the_same() -> None:
    """At and beyond full load the stationary part is that of a load just below; the backlog shows the rest."""
    waits, rest_s = remaining_wait(Load(10, 120.0, 0.1, 1.0))
    assert 0.9 < waits <= 1.0
    assert 0.0 <= rest_s < 1.0


def test_the_timeline_has_a_row_for_each_second_and_version() -> None:
    """Its columns add up to the counts, seconds come in order, and a version that waits is slower."""
    mixed = regime(flow(serving("v1", 3), serving("v2", 1, Mix(4000, (("23502", 400),), harmed=40)), rps=8.0))
    stalled = regime(flow(serving("v1", 3), serving("v2", 1), rps=8.0, stalled=True), servers=20)
    traffic = counted(1, 90, [(0, mixed), (30, stalled), (60, mixed)])
    rows = list(traffic.timeline(0, 90))
    assert [row.second for row in rows] == sorted(row.second for row in rows)
    assert {(row.endpoint, row.version) for row in rows} == {("GET /", "v1"), ("GET /", "v2")}
    for label in ("v1", "v2"):
        tally, mine = traffic.tally(None, 0, 90, label), [row for row in rows if row.version == label]
        assert len(mine) == 90
        sums = (sum(row.total for row in mine), sum(row.failed for row in mine), sum(row.harmed for row in mine))
        assert sums == (tally.total, tally.failed, tally.harmed)
    quiet, released = (max(row.p99_ms for row in rows if row.second == second) for second in (20, 60))
    assert released > 10 * quiet > 0
