"""Thresholds: the first moment at which one is passed, the same as by looking at every second in turn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.traffic.traffic import Traffic
from sim.traffic.values import Mix, Regime
from sim.traffic.watch import Burn, Healthy, Over, Trigger
from tests.traffic.worlds import Change, counted, flow, regime, serving

HORIZON_S = 400


def _failing(share: float, rps: float = 40.0) -> Regime:
    return regime(flow(serving(mix=Mix(4000, (("23502", round(share * 4000)),))), rps=rps))


INCIDENT = [(0, _failing(0.0)), (100, _failing(0.5)), (200, _failing(0.0))]


_INCIDENTS = counted(1, HORIZON_S, INCIDENT), counted(2, HORIZON_S, [*INCIDENT, (210, _failing(0.02))])


def _share(traffic: Traffic, moment: int, window_s: int) -> float:
    """As a person would: failures over requests, and before clock zero forty requests a second without any."""
    start = max(0, moment - window_s)
    tally = traffic.tally("GET /", start, moment)
    return tally.failed / (tally.total + 40.0 * max(0, window_s - moment))


def _burns(traffic: Traffic, burn: Burn, moment: int) -> bool:
    shortest = min(burn.windows_s)
    handful = traffic.tally("GET /", max(0, moment - shortest), moment).failed >= 3
    return handful and all(_share(traffic, moment, span) > burn.share for span in burn.windows_s)


@settings(max_examples=60)
@given(
    share=st.sampled_from([0.001, 0.0144, 0.1, 0.3, 0.6]),
    windows=st.lists(st.sampled_from([5, 30, 300]), min_size=1, max_size=2),
    after=st.integers(0, HORIZON_S),
    upto=st.integers(0, HORIZON_S),
    endpoint=st.sampled_from([None, "GET /"]),
    lifted=st.booleans(),
)
def test_a_threshold_is_found_where_looking_finds_it(
    share: float, windows: list[int], after: int, upto: int, endpoint: str | None, lifted: bool
) -> None:
    """Vectors over whole stretches, and a loop over seconds, agree on every moment: the first, or the first without."""
    traffic, moments = _INCIDENTS[after % 2], range(after + 1, upto + 1)
    burn, over = Burn(share, tuple(windows), endpoint), Over(endpoint, share, windows[0])
    burning = next((at for at in moments if _burns(traffic, burn, at) is not lifted), None)
    passed = next((at for at in moments if (_share(traffic, at, windows[0]) > share) is not lifted), None)
    assert traffic.first_second(burn, after, upto, lifted=lifted) == burning
    assert traffic.first_second(over, after, upto, lifted=lifted) == passed


def test_a_single_error_wakes_nobody() -> None:
    """One failed request among hardly any is a large share, and no alert; three are one."""
    rare = counted(1, HORIZON_S, [(0, _failing(0.0, rps=0.03)), (100, _failing(1.0, rps=0.03))])
    failed = rare.failed("GET /", 0, HORIZON_S).cumsum()
    third = int((failed >= 3).argmax()) + 1
    assert rare.first_second(Over("GET /", 0.01, 300), 0, HORIZON_S) == int((failed >= 1).argmax()) + 1
    assert failed[-1] >= 3
    assert rare.first_second(Burn(0.01, (HORIZON_S, 3600), "GET /"), 0, HORIZON_S) == third


def test_an_endpoint_may_become_known_after_the_last_count() -> None:
    """Asked about an endpoint that only a coming regime names, a watch says that nothing has happened there."""
    traffic = Traffic(1, HORIZON_S, _failing(0.5))
    traffic.settle(100)
    traffic.change(100, regime(flow(serving(), endpoint="B"), flow(serving())))
    traffic.settle(100)
    assert traffic.first_second(Burn(0.1, (20,), "B"), 0, 100) is None
    traffic.settle(200)
    assert traffic.first_second(Burn(0.1, (20,), "B"), 0, 200) is None
    assert traffic.first_second(Burn(0.1, (20,), "B"), 0, 200, lifted=True) == 1


def test_a_moment_sees_only_what_lies_before_it() -> None:
    """Errors begin in second 100, so moment 101 is the first that can see them; what is known by then is enough."""
    traffic = Traffic(1, HORIZON_S, INCIDENT[0][1])
    traffic.change(*INCIDENT[1])
    traffic.settle(101)
    assert traffic.first_second(Over("GET /", 0.2, 1), 0, 100) is None
    assert traffic.first_second(Over("GET /", 0.2, 1), 100, 101) == 101
    with pytest.raises(ValueError, match="counts reach to second 101"):
        traffic.first_second(Over("GET /", 0.2, 1), 101, 102)


def test_a_threshold_on_counts_that_are_thrown_away_is_forgotten() -> None:
    """Counted ahead, an alert would have come; the change that averts it comes first."""
    traffic = Traffic(1, HORIZON_S, _failing(0.5))
    reach = traffic.settle(10, HORIZON_S)
    alert = Burn(0.3, (20,))
    assert traffic.first_second(alert, 10, reach) is not None
    traffic.change(10, _failing(0.0))
    traffic.settle(HORIZON_S)
    assert traffic.first_second(alert, 10, HORIZON_S) is None


def test_an_hour_s_window_can_be_asked_after_a_minute() -> None:
    """The hour before the clock began counts as healthy, so a short outage burns little of it."""
    traffic = counted(1, HORIZON_S, [(0, _failing(1.0))])
    assert traffic.first_second(Over("GET /", 0.05, 3600), 0, HORIZON_S) == pytest.approx(180, abs=5)


HEALTHY = Healthy(("GET /",), below=0.01, hold_s=60)


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        pytest.param([(0, _failing(0.0))], 1, id="never ill"),
        pytest.param([(0, _failing(0.0)), (399, _failing(0.9))], None, id="ill at the end"),
        pytest.param(INCIDENT, 260, id="a minute after the last error"),
        pytest.param([(0, _failing(0.0)), (200, regime())], None, id="the endpoint was deleted"),
        pytest.param([(0, _failing(0.0)), (200, regime(flow()))], None, id="scaled to zero"),
        pytest.param([(0, _failing(0.0, rps=0.003))], 1, id="hardly any traffic"),
        pytest.param(
            [(0, _failing(0.0)), (390, regime(flow(serving(), stalled=True)))],
            None,
            id="nothing fails, nothing comes back",
        ),
    ],
)
def test_health_is_traffic_that_succeeds(changes: list[Change], since: int | None) -> None:
    """The moment since which all is well; silence, deletion and waiting are not health."""
    traffic = counted(1, HORIZON_S, changes)
    assert traffic.since(Healthy(("GET /",), below=0.01), HORIZON_S) == pytest.approx(since, abs=2)


def test_health_has_to_hold() -> None:
    """A minute's health is reached a minute after health, and never across a relapse."""
    traffic = counted(1, HORIZON_S, INCIDENT)
    well = traffic.since(Healthy(("GET /",), below=0.01), HORIZON_S)
    assert well is not None
    assert traffic.first_second(HEALTHY, 110, HORIZON_S) == well + 59
    assert traffic.first_second(HEALTHY, 110, well + 58) is None
    assert traffic.first_second(HEALTHY, 0, HORIZON_S) == 60


@pytest.mark.parametrize(
    "trigger", [Over("nobody", 0.1, 60), Burn(0.1, (60, 300), "nobody"), Healthy(("nobody",), 0.1)]
)
def test_an_endpoint_that_nobody_knows_passes_no_threshold(trigger: Trigger) -> None:
    """No requests, no alert, and no health either."""
    assert counted(1, HORIZON_S, INCIDENT).first_second(trigger, 0, HORIZON_S) is None


def test_an_empty_stretch_has_no_moment() -> None:
    """Between a moment and itself nothing happens."""
    assert counted(1, HORIZON_S, INCIDENT).first_second(HEALTHY, 300, 300) is None
