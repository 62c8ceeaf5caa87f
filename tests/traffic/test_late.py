"""What the database refuses it refuses when it is asked: after the wait for a lock, under the schema of that moment."""

import numpy as np
import pytest
from scipy import stats

from bench.twin import simulate
from sim.traffic.traffic import Traffic
from sim.traffic.values import POOL_TIMEOUT, Mix, Pool, Regime, Serving
from tests.traffic.worlds import Change, counted, flow, regime, serving, watched

HORIZON_S, STALLED_S, FREED_S = 80, 20, 50
BEFORE = Mix(4000, (("23502", 600), ("NullPointerException", 400)), harmed=500, late=("23502",))
AFTER = Mix(4000, (("42703", 2700), ("NullPointerException", 1000)), harmed=100, late=("42703",))
DROPPED = Mix(4000, (("42703", 4000),), late=("42703",))


def _orders(*servings: Serving, stalled: bool = False, servers: int = 400, reads: Mix | None = None) -> Regime:
    orders = flow(*servings, endpoint="POST /orders", rps=8.0, background=0.05, stalled=stalled, median_ms=20)
    if reads is None:
        return regime(orders, servers=servers)
    return regime(orders, flow(serving(mix=reads), endpoint="GET /orders", rps=12.0, median_ms=20), servers=servers)


def _stall(before: Mix, after: Mix, servers: int = 400) -> list[Change]:
    first, second = serving("v1", mix=before), serving("v1", mix=after)
    return [
        (0, _orders(first, servers=servers, reads=before)),
        (STALLED_S, _orders(first, stalled=True, servers=servers, reads=before)),
        (FREED_S, _orders(second, servers=servers, reads=after)),
    ]


def test_who_waits_for_a_lock_has_not_asked_the_database() -> None:
    """While the lock is in the way only code fails requests; nobody passes, and nobody is refused."""
    traffic = counted(1, HORIZON_S, _stall(BEFORE, AFTER))
    window = ("POST /orders", STALLED_S, FREED_S)
    assert set(traffic.tally(*window).errors) == {"ClientClosedRequest", "NullPointerException"}
    assert traffic.passed(*window).sum() == 0
    early = traffic.failed(*window, error="NullPointerException").sum() / traffic.total(*window).sum()
    assert early == pytest.approx(0.95 * 0.1, abs=0.06)


def test_a_column_that_went_while_they_waited_fails_them_all() -> None:
    """They wait as requests that would pass, and are let go into a schema in which none does."""
    traffic = counted(1, HORIZON_S, _stall(Mix(4000), DROPPED))
    waiting = int(traffic.in_flight("POST /orders", FREED_S - 1, FREED_S)[0])
    refused = int(traffic.failed("POST /orders", FREED_S, FREED_S + 1, error="42703")[0])
    background = traffic.failed("POST /orders", FREED_S, FREED_S + 1, error="ClientClosedRequest")[0]
    assert waiting > 150
    assert refused == waiting + traffic.total("POST /orders", FREED_S, FREED_S + 1)[0] - background
    assert traffic.passed("POST /orders", FREED_S, HORIZON_S).sum() == 0


def test_a_column_that_was_wrong_and_is_right_by_now_fails_nobody() -> None:
    """The other way round: what would have been refused on arrival passes once the default is there."""
    traffic = counted(1, HORIZON_S, _stall(DROPPED, Mix(4000)))
    waiting = int(traffic.in_flight("POST /orders", FREED_S - 1, FREED_S)[0])
    assert traffic.passed("POST /orders", FREED_S, FREED_S + 1)[0] >= waiting > 150
    assert traffic.tally("POST /orders", STALLED_S, HORIZON_S).errors.keys() == {"ClientClosedRequest"}


@pytest.mark.parametrize(
    ("then", "refused"),
    [
        pytest.param((serving("v2"), serving("v1", mix=DROPPED)), True, id="beside another version"),
        pytest.param((serving("v2"), serving("v1", 0, DROPPED)), True, id="still there, switched away from"),
        pytest.param((serving("v2", mix=DROPPED),), False, id="replaced: as they arrived"),
    ],
)
def test_a_request_stays_with_its_version(then: tuple[Serving, ...], refused: bool) -> None:
    """It is answered by the mix of the version that it came to."""
    before = _orders(serving("v1"), stalled=True)
    traffic = counted(1, HORIZON_S, [(0, before), (FREED_S, _orders(*then))])
    waiting = int(traffic.in_flight(None, FREED_S - 1, FREED_S)[0])
    failed = int(traffic.failed(None, FREED_S, FREED_S + 1, label="v1", error="42703")[0])
    passed = int(traffic.passed(None, FREED_S, FREED_S + 1, label="v1")[0])
    assert (failed >= waiting) == refused
    assert (passed >= waiting) != refused


def test_a_lock_holds_those_whose_version_is_gone() -> None:
    """Their instances are replaced, their pool is gone with them, and the statement still waits."""
    blue, green = serving("v1", pool="db"), serving("v2", pool="green")
    both = (*_orders(blue, stalled=True).pools, Pool("green", 400, 3000))
    changes = [
        (0, Regime(_orders(blue, stalled=True).flows, both)),
        (30, Regime(_orders(green, stalled=True).flows, both[1:])),
        (FREED_S, Regime(_orders(green).flows, both[1:])),
    ]
    traffic = counted(1, HORIZON_S, changes)
    waiting = traffic.in_flight(None, 0, HORIZON_S, "v1")
    assert waiting[29] == waiting[49] > 150
    assert traffic.passed(None, 30, 50, "v1").sum() == waiting[50] == 0
    assert traffic.passed(None, 50, 51, "v1")[0] == waiting[49]


def test_who_waits_for_a_connection_has_not_asked_either() -> None:
    """Reads need no lock, but every connection is held by an order: they give up before the database sees them."""
    traffic = counted(1, HORIZON_S, _stall(BEFORE, AFTER, servers=20))
    tally = traffic.tally("GET /orders", 30, FREED_S)
    assert tally.errors.keys() == {"NullPointerException", POOL_TIMEOUT}
    assert traffic.failed("GET /orders", FREED_S, FREED_S + 1, error="42703")[0] > 12


def test_rows_are_written_by_those_who_pass() -> None:
    """Second by second: who passes is who arrived or waited, less who failed or waits now; and harm is among them."""
    traffic = counted(3, HORIZON_S, _stall(BEFORE, AFTER, servers=60))
    for endpoint in ("POST /orders", "GET /orders"):
        waiting = np.concatenate(([0], traffic.in_flight(endpoint, 0, HORIZON_S)))
        arrived, failed = traffic.total(endpoint, 0, HORIZON_S), traffic.failed(endpoint, 0, HORIZON_S)
        passed = traffic.passed(endpoint, 0, HORIZON_S)
        assert np.array_equal(passed, arrived + waiting[:-1] - failed - waiting[1:])
        assert (traffic.harmed(endpoint, 0, HORIZON_S) <= passed).all()


@pytest.mark.parametrize("servers", [20, 60, 400])
@pytest.mark.parametrize("every", [1, 7, 60])
def test_a_stall_is_the_same_in_any_steps(servers: int, every: int) -> None:
    """Those who are let go are drawn once, however often somebody looked, and whatever was counted ahead."""
    changes = _stall(BEFORE, AFTER, servers)
    seen = watched(3, HORIZON_S, changes, range(every, HORIZON_S, every), ahead=True)
    assert seen.digest(HORIZON_S) == counted(3, HORIZON_S, changes).digest(HORIZON_S)


def test_noise_of_the_let_go_is_their_own() -> None:
    """Whether the waiting are refused leaves every other count of later seconds as it was."""
    kind, cruel = (
        [*_stall(BEFORE, after)[:2], (FREED_S, _orders(serving("v1", mix=after))), (51, _orders(serving("v1")))]
        for after in (Mix(4000), DROPPED)
    )
    one, other = counted(5, HORIZON_S, kind), counted(5, HORIZON_S, cruel)
    assert one.digest(FREED_S) == other.digest(FREED_S)
    assert one.tally(None, FREED_S, 51).failed < other.tally(None, FREED_S, 51).failed
    assert np.array_equal(one.passed(None, 51, HORIZON_S), other.passed(None, 51, HORIZON_S))


def _outcomes(traffic: Traffic, start: int, stop: int) -> dict[str, int]:
    tally = traffic.tally("POST /orders", start, stop)
    return dict(tally.errors) | {
        "passed": int(traffic.passed("POST /orders", start, stop).sum()),
        "harmed": tally.harmed,
    }


@pytest.mark.parametrize(
    ("servers", "start", "stop"),
    [
        pytest.param(400, FREED_S, FREED_S + 1, id="all hold a connection"),
        pytest.param(60, STALLED_S, FREED_S + 5, id="some wait for one, most give up"),
    ],
)
def test_the_twin_sees_the_same(servers: int, start: int, stop: int) -> None:
    """A stall, a schema that changes behind it: each outcome's sum within four standard errors of the twin's."""
    changes, fast, slow = _stall(BEFORE, AFTER, servers), 60, 15
    ours = [_outcomes(counted(seed, HORIZON_S, changes), start, stop) for seed in range(fast)]
    twins = [simulate(changes, seed, HORIZON_S).sums(start, stop) for seed in range(slow)]
    for what in ("passed", "harmed", "42703", "23502", "NullPointerException", "ClientClosedRequest", POOL_TIMEOUT):
        mine = np.array([run.get(what, 0) for run in ours])
        theirs = np.array([run.get(("POST /orders", "v1", what), 0) for run in twins])
        error = np.sqrt(max(float(mine.mean()), 0.5) * (1 / fast + 1 / slow))
        assert abs(mine.mean() - theirs.mean()) < 4 * error + 0.02 * (what == POOL_TIMEOUT) * mine.mean(), what


def test_what_is_let_go_is_distributed_like_the_twin_s() -> None:
    """Chi-square over the one second in which a lock goes: refused, failed, harmed and passed without harm."""
    changes, window = _stall(BEFORE, AFTER), (FREED_S, FREED_S + 1)
    parts = ("42703", "NullPointerException", "harmed", "passed")
    ours, twins = np.zeros(4, np.int64), np.zeros(4, np.int64)
    for seed in range(30):
        found = _outcomes(counted(seed, HORIZON_S, changes), *window)
        ours += [found.get(part, 0) for part in parts]
        sums = simulate(changes, seed, HORIZON_S).sums(*window)
        twins += [sums.get(("POST /orders", "v1", part), 0) for part in parts]
    ours[3], twins[3] = ours[3] - ours[2], twins[3] - twins[2]
    assert min(*ours, *twins) >= 8
    assert stats.chi2_contingency(np.array([ours, twins])).pvalue > 0.001
