"""Pools are shifted, scaled and restarted, roll-outs paused: capacity, versions and requests follow."""

from pathlib import Path

import pytest

from sim.facts import InstancesStarted, InstancesStopped, JobRan, RestartEnded, RolloutEnded
from sim.probes.catalogue import PROBES
from tests.worlds import Story, edited, story

ORDERS, READ = "POST /orders", "GET /orders/{id}"
QUIET = ("{at: 5m, deploy: v2.4.0, service: shop}", "{at: 95m, deploy: v2.4.0, service: shop}")
SMALL = (
    "pool: {connections: 20, timeout: 5s}",
    "pool: {connections: 3, timeout: 5s}\n    starts_in: {range: [20s, 40s]}",
)
POOLS = """pools:
  blue: {release: v2.3.0, instances: 2, weight: 0}
  green: {release: v2.3.1, instances: 12, weight: 100}
people:
"""
TWO_POOLS = ("people:\n", POOLS)
RELEASE = ("  v2.3.0: []\n", "  v2.3.0: []\n  v2.3.1: [PR-901]\n")


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    """Green serves with twelve instances; blue was scaled down to two."""
    return edited(tmp_path, "not-null-column", QUIET, SMALL, TWO_POOLS, RELEASE)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Twelve instances of three connections each, and no release today."""
    return edited(tmp_path, "not-null-column", QUIET, SMALL)


def up(now: Story, pool: str = "shop") -> int:
    """How many instances of a pool are up."""
    return now.session.engine.world.serving["shop"].instances(pool)


def test_a_switch_to_a_pool_that_is_large_enough_fails_nobody(colours: Path) -> None:
    """Scaled up first, blue takes everything over within a second."""
    with story(colours) as now:
        now.at("2m", "scale", service="shop", pool="blue", instances=12)
        now.at("4m", "shift_traffic", **{"from": "green"}, to="blue")
        for endpoint in (ORDERS, READ):
            assert now.failing(endpoint, "3m", "15m") <= 0.003
            assert now.tally(endpoint, "0s", "4m", label="v2.3.0").total == 0
            assert now.tally(endpoint, "4m1s", "15m", label="v2.3.1").total == 0
            assert now.tally(endpoint, "4m1s", "15m", label="v2.3.0").total > 0


def test_a_switch_to_two_of_twelve_overloads_them_until_more_have_come(colours: Path) -> None:
    """Eight seconds of work a second do not fit through six connections; through thirty-six they do."""
    with story(colours) as now:
        now.at("4m", "shift_traffic", **{"from": "green"}, to="blue")
        overloaded = now.tally(ORDERS, "5m", "8m")
        assert overloaded.share > 0.1
        assert overloaded.errors["PoolTimeout"] > 0.9 * overloaded.failed
        now.at("8m", "scale", service="shop", pool="blue", instances=12)
        assert now.failing(ORDERS, "9m", "14m") <= 0.003


@pytest.mark.parametrize(("percent", "share"), [(10, 0.1), (50, 0.5)])
def test_a_weight_belongs_to_the_pool_however_many_instances_it_has(colours: Path, percent: int, share: float) -> None:
    """Two instances with a tenth of the traffic serve a tenth."""
    with story(colours) as now:
        now.at("2m", "shift_traffic", **{"from": "green"}, to="blue", percent=percent)
        blue, both = now.tally(READ, "3m", "13m", label="v2.3.0"), now.tally(READ, "3m", "13m")
        assert blue.total / both.total == pytest.approx(share, abs=0.01)


def test_a_share_of_what_is_left_moves(colours: Path) -> None:
    """Half of green's hundred, then half of its fifty: weights always add up to a hundred."""
    with story(colours) as now:
        now.at("2m", "shift_traffic", **{"from": "green"}, to="blue", percent=50)
        now.at("2m", "shift_traffic", **{"from": "green"}, to="blue", percent=50)
        weights = {slot.pool: slot.weight for slot in now.session.engine.world.serving["shop"].slots}
        assert weights == {"blue": 75, "green": 25}


def test_traffic_sent_to_an_empty_pool_meets_nobody(colours: Path) -> None:
    """The pool that keeps its share goes on serving that."""
    with story(colours) as now:
        now.at("2m", "scale", service="shop", pool="blue", instances=0)
        now.at("3m", "shift_traffic", **{"from": "green"}, to="blue", percent=30)
        tally = now.tally(READ, "4m", "10m")
        assert tally.share == pytest.approx(0.3, abs=0.02)
        assert tally.errors["ServiceUnavailable"] > 0.95 * tally.failed


@pytest.mark.parametrize(
    ("action", "arguments", "why"),
    [
        ("shift_traffic", {"from": "green", "to": "green"}, "the same pool"),
        ("shift_traffic", {"from": "green", "to": "red"}, "no pool 'red'"),
        ("shift_traffic", {"from": "red", "to": "green"}, "no pool 'red'"),
        ("shift_traffic", {"from": "green", "to": "blue", "percent": 0}, "no share to move"),
        ("shift_traffic", {"from": "green", "to": "blue", "percent": 101}, "no share to move"),
        ("shift_traffic", {"from": "blue", "to": "green"}, "nothing would move"),
        ("shift_traffic", {"from": "green", "to": "blue", "service": "shoo"}, "no service 'shoo'"),
        ("scale", {"service": "shop", "instances": 4}, "several pools"),
        ("scale", {"service": "shop", "instances": 4, "pool": "red"}, "no pool 'red'"),
        ("scale", {"service": "shop", "instances": -1, "pool": "blue"}, "cannot be had"),
        ("scale", {"service": "shop", "instances": 2, "pool": "blue"}, "already"),
        ("scale", {"service": "shoo", "instances": 2}, "no service 'shoo'"),
        ("restart", {"service": "shop", "pool": "red"}, "no pool 'red'"),
        ("restart", {"service": "shop", "at_once": 0}, "would never end"),
        ("pause_rollout", {"service": "shop"}, "nothing is being rolled out"),
        ("resume_rollout", {"service": "shop"}, "no roll-out of shop is paused"),
        ("deploy", {"service": "shop", "release": "v2.3.0", "pool": "red"}, "no pool 'red'"),
        ("deploy", {"service": "shop", "release": "v2.3.0", "pool": "blue"}, "exactly this already"),
        ("cancel", {"service": "shop"}, "not being restarted"),
    ],
)
def test_nonsense_is_refused_with_a_reason_and_a_way_on(
    colours: Path, action: str, arguments: dict[str, object], why: str
) -> None:
    """And nothing has changed."""
    with story(colours) as now:
        before = now.session.engine.world.serving
        (refused,) = now.at("2m", action, **arguments)
        assert why in refused.why
        assert now.session.engine.world.serving == before


def test_one_pool_has_nowhere_else_to_go(shop: Path) -> None:
    """A service without colours cannot be switched."""
    with story(shop) as now:
        (refused,) = now.at("2m", "shift_traffic", **{"from": "shop"}, to="blue")
        assert "one pool" in refused.why


def test_new_instances_come_after_their_start_and_surplus_ones_leave_at_once(shop: Path) -> None:
    """Each takes its own time, within the bounds; scaling again takes back what is still to come."""
    with story(shop) as now:
        now.at("2m", "scale", service="shop", instances=15)
        now.at("2m19s")
        assert up(now) == 12
        now.at("2m40s")
        assert up(now) == 15
        now.at("3m", "scale", service="shop", instances=20)
        now.at("3m5s", "scale", service="shop", instances=4)
        assert up(now) == 4
        now.at("6m")
        assert up(now) == 4
        started = [entry.at_ms for entry in now.session.journal.entries if isinstance(entry.fact, InstancesStarted)]
        assert len(set(started)) == 3


def test_scaled_to_zero_nobody_is_served_and_everything_can_still_be_read(shop: Path) -> None:
    """Until instances come again, with the version that was there."""
    with story(shop) as now:
        now.at("2m", "scale", service="shop", instances=0)
        tally = now.tally(READ, "2m1s", "5m")
        assert tally.failed == tally.total > 0
        assert set(tally.errors) <= {"ServiceUnavailable", "ClientClosedRequest"}
        assert all(now.session.look(probe) is not None for probe in PROBES)
        now.at("5m", "scale", service="shop", instances=12)
        assert now.failing(READ, "6m", "9m") <= 0.002
        assert now.tally(READ, "6m", "9m", label="v2.3.0").total > 0


def test_a_deploy_to_an_empty_service_decides_what_starts_next(tmp_path: Path) -> None:
    """Nothing is replaced, and what comes up is the new version."""
    with story(edited(tmp_path, "not-null-column", QUIET, SMALL, RELEASE)) as now:
        now.at("2m", "scale", service="shop", instances=0)
        now.at("3m", "deploy", service="shop", release="v2.3.1")
        now.at("5m", "scale", service="shop", instances=6)
        assert now.tally(READ, "6m", "9m", label="v2.3.1").total == now.tally(READ, "6m", "9m").total > 0


def test_a_job_whose_service_has_no_instance_does_not_run() -> None:
    """At midnight nobody is there to do it."""
    with story(Path(__file__).parent / "breadth", 3) as now:
        now.at("20m", "scale", service="site", instances=0)
        now.at("35m")
        assert now.facts(JobRan) == []


def test_a_rolling_restart_takes_one_batch_at_a_time_and_loses_nothing(shop: Path) -> None:
    """Eleven go on serving while one is away."""
    with story(shop) as now:
        now.at("2m", "restart", service="shop")
        least = 12
        for second in range(121, 640):
            now.at(f"{second}s")
            least = min(least, up(now))
        assert (least, up(now)) == (11, 12)
        assert len(now.facts(InstancesStopped)) == len(now.facts(InstancesStarted)) == 12
        assert len(now.facts(RestartEnded)) == 1
        assert now.failing(ORDERS, "2m", "10m") <= 0.003


def test_a_restart_of_all_at_once_is_an_outage_of_its_own(shop: Path) -> None:
    """For as long as an instance takes to start."""
    with story(shop) as now:
        now.at("2m", "restart", service="shop", at_once=12)
        assert now.failing(READ, "2m1s", "2m20s") == 1.0
        assert now.failing(READ, "2m41s", "6m") <= 0.002


def test_a_cancelled_restart_brings_back_whoever_is_away(shop: Path) -> None:
    """And stops no further instance."""
    with story(shop) as now:
        now.at("2m", "restart", service="shop", at_once=3)
        (refused,) = now.at("2m5s", "deploy", service="shop", release="v2.4.0")
        assert "restarted" in refused.why
        assert now.at("2m5s", "cancel", service="shop") == ()
        now.at("4m")
        assert up(now) == 12
        assert sum(fact.count for fact in now.facts(InstancesStopped)) == 3  # type: ignore[attr-defined]


def test_a_paused_roll_out_stays_where_it_is_until_it_is_resumed() -> None:
    """Two versions serve meanwhile; nothing else is rolled out."""
    with story("not-null-column") as now:
        now.at("6m", "pause_rollout", service="shop")
        (refused,) = now.at("6m", "pause_rollout", service="shop")
        assert "already" in refused.why
        slots = now.session.engine.world.serving["shop"].slots
        now.at("15m")
        assert now.session.engine.world.serving["shop"].slots == slots
        assert len(slots) == 2
        now.at("15m", "resume_rollout", service="shop")
        now.at("19m")
        assert len(now.facts(RolloutEnded)) == 1


def test_a_deploy_to_one_pool_leaves_the_other(colours: Path) -> None:
    """Blue gets the new version, out of everybody's way."""
    with story(colours) as now:
        now.at("2m", "deploy", service="shop", release="v2.3.1", pool="blue")
        now.at("4m")
        builds = {(slot.pool, slot.build) for slot in now.session.engine.world.serving["shop"].slots}
        assert builds == {("blue", frozenset({"PR-901"})), ("green", frozenset({"PR-901"}))}


def test_instances_that_were_scaled_away_are_not_replaced() -> None:
    """A roll-out finds fewer of the old ones than it set out with, and ends with those that are there."""
    with story("not-null-column", 7) as now:
        now.at("6m", "scale", service="shop", instances=2)
        now.at("12m")
        slots = [slot for slot in now.session.engine.world.serving["shop"].slots if slot.instances]
        assert [slot.instances for slot in slots] == [2]
        assert now.session.engine.world.serving["shop"].rollout is None


def test_a_release_may_go_out_to_a_service_without_instances() -> None:
    """There is nothing to replace; what starts later is the new release."""
    with story("not-null-column", 7) as now:
        now.at("2m", "scale", service="shop", instances=0)
        now.at("12m", "scale", service="shop", instances=3)
        now.at("14m")
        assert [slot.instances for slot in now.session.engine.world.serving["shop"].slots] == [3]
        assert now.failing("POST /orders", "14m", "20m") < 0.2
