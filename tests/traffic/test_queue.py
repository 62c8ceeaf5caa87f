"""Connections: overload, locks in the way, recovery; against the closed form and against the per-request twin."""

from math import factorial, log, sqrt

import numpy as np
import pytest

from bench.twin import simulate
from sim.traffic.traffic import Traffic
from sim.traffic.values import POOL_TIMEOUT, Flow, Mix, Pool, Regime
from tests.traffic.worlds import Change, counted, flow, regime, serving

LIKE_EXPONENTIAL = sqrt(log(2))
FAILING = Mix(4000, (("NullPointerException", 400),))


def _erlang_wait_ms(servers: int, rps: float, mean_s: float) -> float:
    """The mean wait of M/M/c from its textbook formula."""
    offered = rps * mean_s
    busy = offered**servers / factorial(servers) * servers / (servers - offered)
    idle = sum(offered**count / factorial(count) for count in range(servers))
    return busy / (idle + busy) * mean_s / (servers - offered) * 1000


@pytest.mark.parametrize("servers", [1, 4, 20])
@pytest.mark.parametrize("load", [0.5, 0.7, 0.8, 0.9, 0.95])
def test_the_mean_wait_is_erlang_s(servers: int, load: float) -> None:
    """M/M/c within 3 %: service times of an exponential's variance, many hours, half to nearly full."""
    median_ms = 20
    mean_s = median_ms * sqrt(2) / 1000
    rps = load * servers / mean_s
    busy = Regime(
        (Flow("A", rps, None, median_ms, LIKE_EXPONENTIAL, (serving(),)),), (Pool("db", servers, 10_000_000),)
    )
    hours = [counted(seed, 14_400, [(0, busy)]).mean_wait_ms("db", 0, 14_400) for seed in range(24)]
    assert np.mean(hours) == pytest.approx(_erlang_wait_ms(servers, rps, mean_s), rel=0.03)


def _shop(*, slowdown: float = 1.0, stalled: bool = False) -> Regime:
    """Ten connections, nine tenths busy."""
    orders = flow(serving(mix=FAILING), endpoint="A", rps=60.0, background=0.01, stalled=stalled)
    reads = flow(serving(), endpoint="B", rps=30.0, median_ms=120)
    return regime(orders, reads, servers=10, slowdown=slowdown)


OVERLOAD = [(0, _shop()), (30, _shop(slowdown=2.0)), (90, _shop())]
STALL = [(0, _shop()), (30, _shop(stalled=True)), (90, _shop())]
RUNS = 6


def _timeouts_of_twin(changes: list[Change], windows: list[tuple[int, int]]) -> list[float]:
    runs = [simulate(changes, seed, 120) for seed in range(RUNS)]
    return [
        sum(count for run in runs for (_, _, what), count in run.sums(*window).items() if what == POOL_TIMEOUT) / RUNS
        for window in windows
    ]


def _timeouts(changes: list[Change], windows: list[tuple[int, int]]) -> list[float]:
    runs = [counted(seed, 120, changes) for seed in range(RUNS)]
    return [
        float(np.mean([run.tally(None, *window).errors.get(POOL_TIMEOUT, 0) for run in runs])) for window in windows
    ]


@pytest.mark.parametrize("changes", [OVERLOAD, STALL], ids=["slow database", "lock in the way"])
def test_giving_up_agrees_with_the_twin(changes: list[Change]) -> None:
    """Nobody gives up before; as many as in the twin do while it lasts; next to nobody after."""
    windows = [(0, 30), (30, 90), (90, 120)]
    (before, during, after), twin = _timeouts(changes, windows), _timeouts_of_twin(changes, windows)
    assert before == twin[0] == 0
    assert during == pytest.approx(twin[1], rel=0.06)
    assert abs(after - twin[2]) < 0.02 * during


def test_waiting_ends_at_the_time_out() -> None:
    """Three seconds after the last connection went, those who first found none give up, and nobody earlier."""
    stall = counted(1, 120, [(0, _shop()), (30, _shop(stalled=True))])
    timeouts = stall.failed(None, 0, 120, error=POOL_TIMEOUT)
    assert timeouts[:33].sum() == 0 < timeouts[33]
    assert stall.in_flight(None, 119, 120)[0] == pytest.approx(10 + 3 * (60 * 0.89 + 30), rel=0.2)


def test_when_the_lock_goes_the_waiting_succeed_at_once() -> None:
    """What held a connection or waited for one is served in that second; then everything is as before."""
    traffic = counted(1, 120, STALL)
    waiting = traffic.in_flight(None, 0, 120)
    passed, arrived = traffic.passed(None, 0, 120), traffic.total(None, 0, 120)
    assert waiting[89] > 200
    assert passed[90] > waiting[89]
    assert waiting[91:].sum() == 0
    assert (passed[91:] <= arrived[91:]).all()


def test_a_stalled_endpoint_takes_the_others_with_it() -> None:
    """Reads need no lock, and fail nevertheless once orders hold every connection; with their own pool they do not."""
    assert counted(1, 90, STALL).tally("B", 60, 90).share > 0.9
    pools = (Pool("db", 10, 3000), Pool("replica", 10, 3000))
    orders = flow(serving(), endpoint="A", rps=60.0, stalled=True)
    reads = flow(serving(pool="replica"), endpoint="B", rps=30.0)
    assert counted(1, 90, [(0, Regime((orders, reads), pools))]).tally("B", 0, 90).failed == 0


def test_a_request_without_a_connection_does_not_care() -> None:
    """An endpoint that needs no pool is served while the pool is exhausted."""
    static = flow(serving(), endpoint="C", needs_pool=False)
    stalled = regime(flow(serving(), endpoint="A", rps=60.0, stalled=True), static, servers=1)
    tally = counted(1, 90, [(0, stalled)])
    assert tally.tally("A", 30, 90).share > 0.9
    assert tally.tally("C", 0, 90).failed == 0


def test_a_short_stall_that_leaves_connections_fails_nobody() -> None:
    """Two hundred connections outlast a few seconds of waiting orders."""
    short = [(0, regime(flow(serving()))), (30, regime(flow(serving(), stalled=True))), (33, regime(flow(serving())))]
    traffic = counted(1, 60, short)
    assert traffic.tally(None, 0, 60).failed == 0
    assert traffic.in_flight(None, 32, 33)[0] > 60
    assert traffic.in_flight(None, 33, 34)[0] == 0


def test_a_slow_database_slows_queued_work_too() -> None:
    """A backlog that was a second's work is two seconds' work once everything takes twice as long."""
    busy, slow = _shop(slowdown=1.2), _shop(slowdown=2.4)
    traffic = counted(1, 61, [(0, busy), (60, slow)])
    before, after = traffic.mean_wait_ms("db", 59, 60), traffic.mean_wait_ms("db", 60, 61)
    assert after == pytest.approx(2 * before, rel=0.2)


def test_nobody_waits_without_limit() -> None:
    """However long the overload lasts, the wait stays near the time-out."""
    traffic = counted(1, 900, [(0, _shop(slowdown=3.0))])
    assert traffic.mean_wait_ms("db", 100, 900) == pytest.approx(3000, rel=0.1)
    assert traffic.in_flight(None, 0, 900).max() < 4 * 90


def test_a_pool_may_vanish_under_its_queue() -> None:
    """When nobody speaks of a pool any more, what holds succeeds and what waits gives up."""
    gone = Regime((flow(serving(), endpoint="C", needs_pool=False),), ())
    traffic = counted(1, 60, [(0, _shop(stalled=True)), (30, gone)])
    assert traffic.in_flight(None, 29, 30)[0] > 0
    assert traffic.in_flight(None, 40, 60).sum() == 0


def test_a_calm_pool_is_never_walked_through() -> None:
    """Where even the busiest second fits, waiting is known to be nil, and latency says so."""
    traffic = Traffic(1, 60, regime(flow(serving())))
    traffic.settle(60)
    assert traffic.mean_wait_ms("db", 0, 60) == pytest.approx(0.0, abs=1e-6)
