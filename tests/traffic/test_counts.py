"""Arrivals and their causes: the laws they follow, and what a change leaves alone."""

import numpy as np
import pytest
from scipy import stats

from sim.traffic.values import SERVICE_UNAVAILABLE, Mix, Regime
from tests.traffic.worlds import counted, flow, regime, serving

HALF = 2000
TWO_CAUSES = Mix(4000, (("23502", 400), ("NullPointerException", 200)), harmed=100)


def test_arrivals_are_poisson() -> None:
    """Over an hour the counts of a second have the mean and the variance of their rate, and its distribution."""
    counts = counted(3, 3600, [(0, regime(flow(serving(), rps=25.0)))]).total("GET /", 0, 3600)
    dispersion = counts.var(ddof=1) / counts.mean()
    assert abs(dispersion - 1) < 4 * np.sqrt(2 / 3599)
    edges = [-1, *range(15, 36), 1000]
    expected = np.diff(stats.poisson.cdf(edges, 25.0)) * 3600
    seen, _ = np.histogram(counts, bins=np.array(edges) + 0.5)
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 0.001


@pytest.mark.parametrize(
    ("mix", "share"),
    [
        pytest.param(Mix(4000, (("23502", 4000),)), 1.0, id="all fail"),
        pytest.param(Mix(4000, (("23502", 600),)), 0.15, id="app clients fail"),
        pytest.param(Mix(4000, (("23502", 1),)), 0.00025, id="one prototype fails"),
        pytest.param(Mix(4000), 0.0, id="none fails"),
    ],
)
def test_a_cause_takes_its_share(mix: Mix, share: float) -> None:
    """The share of the prototypes is the share of the requests, within four standard errors."""
    tally = counted(1, 3600, [(0, regime(flow(serving(mix=mix))))]).tally("GET /", 0, 3600)
    assert abs(tally.share - share) <= 4 * np.sqrt(share * (1 - share) / tally.total)


def test_half_way_through_a_rolling_roll_back_the_shares_mix() -> None:
    """Six of twelve instances fail always, six for 15 %: 57.5 % fail, each version by its own cause."""
    old = serving("v2.3.0", 6, Mix(4000, (("23502", 4000),)))
    new = serving("v2.4.0", 6, Mix(4000, (("IllegalStateException", 600),)))
    traffic = counted(1, 3600, [(0, regime(flow(new, old)))])
    assert abs(traffic.tally("GET /", 0, 3600).share - 0.575) < 0.01
    assert traffic.tally("GET /", 0, 3600, "v2.3.0").share == 1.0
    assert abs(traffic.tally("GET /", 0, 3600, "v2.4.0").share - 0.15) < 0.01


def test_versions_add_up_to_their_endpoint() -> None:
    """No request is served twice, and none by nobody: totals, failures and errors add up over versions."""
    mixed = flow(serving("v1", 3, TWO_CAUSES), serving("v2", 5), serving("v1", 4), background=0.05)
    traffic = counted(1, 600, [(0, regime(mixed))])
    whole, parts = traffic.tally("GET /", 0, 600), [traffic.tally("GET /", 0, 600, label) for label in ("v1", "v2")]
    assert whole.total == sum(part.total for part in parts)
    assert whole.failed == sum(part.failed for part in parts) == sum(whole.errors.values())
    assert whole.harmed == sum(part.harmed for part in parts) > 0


def test_a_version_without_weight_gets_nothing() -> None:
    """A pool that is ready but not switched to sees no request, wherever it stands in the list."""
    traffic = counted(1, 300, [(0, regime(flow(serving("green", 0), serving("blue", 7), serving("teal", 0))))])
    assert traffic.tally(None, 0, 300, "blue").total == traffic.tally(None, 0, 300).total > 0


@pytest.mark.parametrize(
    "nobody",
    [
        pytest.param(regime(flow(background=0.1)), id="no version at all"),
        pytest.param(regime(flow(serving(weight=0), background=0.1)), id="no instance"),
        pytest.param(regime(flow(serving(), background=0.1), servers=0), id="no server in the pool"),
    ],
)
def test_without_servers_every_request_fails(nobody: Regime) -> None:
    """Scaling to zero is no way to lower an error rate."""
    tally = counted(1, 300, [(0, nobody)]).tally("GET /", 0, 300)
    assert tally.share == 1.0
    assert set(tally.errors) == {"ClientClosedRequest", SERVICE_UNAVAILABLE}


def test_a_trickle_is_counted() -> None:
    """Three requests in a thousand seconds are three requests in a thousand seconds."""
    total = counted(2, 259_200, [(0, regime(flow(serving(), rps=0.003)))]).tally(None, 0, 259_200).total
    assert abs(total - 777.6) < 4 * np.sqrt(777.6)


def test_an_endpoint_may_come_and_go() -> None:
    """While no flow names it, nothing arrives; when it is back, so are its requests."""
    there, gone = (
        regime(flow(serving(), endpoint="A"), flow(serving(), endpoint="B")),
        regime(flow(serving(), endpoint="A")),
    )
    traffic = counted(1, 300, [(0, gone), (100, there), (200, gone)])
    assert (
        traffic.tally("B", 0, 100).total == traffic.tally("B", 200, 300).total == 0 < traffic.tally("B", 100, 200).total
    )
    assert np.array_equal(traffic.total("A", 0, 300), counted(1, 300, [(0, gone)]).total("A", 0, 300))
    assert traffic.tally("nobody asked for this one", 0, 300).total == 0


def _mixed(first: int, second: int) -> Regime:
    mix = Mix(4000, (("23502", first), ("NullPointerException", second)))
    watched = flow(serving("v1", 3), serving("v2", 5, mix), endpoint="A", background=0.02)
    return regime(watched, flow(serving("v2", 1, TWO_CAUSES), endpoint="B"))


def test_a_changed_share_draws_nothing_anew() -> None:
    """Arrivals, versions, background errors, earlier causes and other endpoints stay, second by second."""
    less, more = (counted(5, 900, [(0, _mixed(400, share))]) for share in (40, 900))
    for label in ("v1", "v2"):
        assert np.array_equal(less.total("A", 0, 900, label), more.total("A", 0, 900, label))
        assert np.array_equal(
            less.failed("A", 0, 900, label, "ClientClosedRequest"),
            more.failed("A", 0, 900, label, "ClientClosedRequest"),
        )
    assert np.array_equal(less.failed("A", 0, 900, error="23502"), more.failed("A", 0, 900, error="23502"))
    assert np.array_equal(less.failed("B", 0, 900), more.failed("B", 0, 900))
    changed = more.failed("A", 0, 900, error="NullPointerException") - less.failed(
        "A", 0, 900, error="NullPointerException"
    )
    assert changed.min() >= 0
    assert changed.max() > 0


def test_an_earlier_cause_moves_a_later_one_only_through_what_is_left() -> None:
    """More of the first cause never means fewer of it, and the second keeps its noise: it hardly moves."""
    less, more = (counted(5, 900, [(0, _mixed(share, 400))]) for share in (0, 400))
    assert (more.failed("A", 0, 900, error="23502") >= less.failed("A", 0, 900, error="23502")).all()
    moved = np.abs(
        more.failed("A", 0, 900, error="NullPointerException") - less.failed("A", 0, 900, error="NullPointerException")
    )
    assert moved.max() <= 2


def test_the_noise_that_two_policies_share_cancels() -> None:
    """The difference between two policies varies far less on one seed than between two seeds."""

    def failed(seed: int, share: int) -> int:
        return counted(seed, 300, [(0, _mixed(share, 0))]).tally(None, 0, 300).failed

    paired = [failed(seed, 500) - failed(seed, 400) for seed in range(40)]
    strangers = [failed(seed, 500) - failed(seed + 1000, 400) for seed in range(40)]
    assert np.var(strangers) > 8 * np.var(paired)


def test_harm_befalls_those_who_succeed() -> None:
    """Harmed requests are a share of all, and none of them failed."""
    tally = counted(1, 3600, [(0, regime(flow(serving(mix=Mix(4000, (("23502", HALF),), harmed=HALF)))))]).tally(
        None, 0, 3600
    )
    assert tally.harmed == tally.total - tally.failed


@pytest.mark.parametrize(
    ("problem", "build"),
    [
        ("more outcomes than prototypes", lambda: Mix(10, (("A", 8),), harmed=3)),
        ("has some", lambda: Mix(0)),
        ("names an error once", lambda: Mix(10, (("A", 1), ("A", 2)))),
        ("errors of its own", lambda: Mix(10, (("A", 1),), late=("B",))),
        ("cannot be counted", lambda: flow(serving(), rps=-1.0)),
        ("cannot be counted", lambda: flow(serving(), rps=float("nan"))),
        ("between 0 and 1", lambda: flow(serving(), background=1.5)),
        ("wait for a lock", lambda: flow(serving(), stalled=True, needs_pool=False)),
        ("no such pool", lambda: regime(slowdown=0.0)),
        ("no pool of this regime", lambda: counted(1, 9, [(0, regime(flow(serving(pool="cache"))))])),
        ("one flow", lambda: counted(1, 9, [(0, regime(flow(serving()), flow(serving())))])),
        ("not negative", lambda: counted(1, 9, [(0, regime(flow(serving(weight=-1), serving(weight=3))))])),
    ],
)
def test_nonsense_is_refused(problem: str, build: object) -> None:
    """What cannot be counted is an error that says so, not a count."""
    assert callable(build)
    with pytest.raises(ValueError, match=problem):
        build()
