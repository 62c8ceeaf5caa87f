"""Faults on some instances, one pool, or something outside: each does what it is, for its time."""

from pathlib import Path

import pytest

from tests.engine.test_pools import QUIET, RELEASE, SMALL, TWO_POOLS
from tests.worlds import edited, story

ORDERS, READ = "POST /orders", "GET /orders/{id}"


def told(tmp_path: Path, fault: str, *more: tuple[str, str]) -> Path:
    """The shop on a quiet day, with one fault from the tenth minute to the twentieth."""
    line = ("story:\n", f"story:\n  - {{at: 10m, fault: {{{fault}}}, for: 10m}}\n")
    return edited(tmp_path, "not-null-column", QUIET, line, *more)


def test_on_a_full_disk_what_writes_fails_and_what_reads_does_not(tmp_path: Path) -> None:
    """Three of twelve instances stay in rotation: a quarter of the orders fails."""
    with story(told(tmp_path, "full_disk: {service: shop, instances: 3}")) as now:
        tally = now.tally(ORDERS, "10m5s", "19m55s")
        assert tally.share == pytest.approx(0.25, abs=0.015)
        assert tally.errors["No space left on device"] > 0.98 * tally.failed
        assert now.failing(READ, "10m5s", "19m55s") <= 0.002
        assert now.failing(ORDERS, "20m5s", "30m") <= 0.003


def test_a_full_disk_goes_with_the_instances_that_leave(tmp_path: Path) -> None:
    """Scaled down to three, all of them are full."""
    with story(told(tmp_path, "full_disk: {service: shop, instances: 3}")) as now:
        now.at("12m", "scale", service="shop", instances=3)
        assert now.failing(ORDERS, "12m5s", "19m55s") > 0.99


def test_a_brown_out_fails_some_and_delays_the_others(tmp_path: Path) -> None:
    """A tenth fails, the rest takes 700 ms longer, and with it the percentiles."""
    with story(told(tmp_path, f"brown_out: {{endpoint: {ORDERS}, errors: 0.1, slower: 700ms, as: BankLimps}}")) as now:
        tally = now.tally(ORDERS, "10m5s", "19m55s")
        assert tally.errors["BankLimps"] / tally.total == pytest.approx(0.1, abs=0.01)
        traffic = now.session.engine.traffic
        assert traffic.latency(ORDERS, 0, 590).p50_ms < 120
        assert traffic.latency(ORDERS, 620, 1190).p50_ms > 700
        assert now.failing(ORDERS, "20m5s", "30m") <= 0.003


def test_a_brown_out_eats_connections(tmp_path: Path) -> None:
    """Requests that take a second longer hold theirs for so long, until nobody else finds one."""
    limp = f"brown_out: {{endpoint: {ORDERS}, errors: 0, slower: 1s}}"
    with story(told(tmp_path, limp, SMALL)) as now:
        assert now.failing(READ, "12m", "19m") > 0.05


@pytest.mark.parametrize(("pool", "share"), [("green", 1.0), ("blue", 0.0)])
def test_a_crash_may_strike_one_pool(tmp_path: Path, pool: str, share: float) -> None:
    """Whoever is sent there meets nobody; the other pool stands."""
    crash = f"crash: {{service: shop, pool: {pool}, instances: 12}}"
    with story(told(tmp_path, crash, TWO_POOLS, RELEASE)) as now:
        assert now.failing(READ, "10m5s", "19m55s") == pytest.approx(share, abs=0.002)
        assert now.failing(READ, "20m5s", "30m") <= 0.002
