"""A statement that waits for a lock, whoever is behind it, and a database that has only so many connections."""

from pathlib import Path

import pytest

from sim.engine.connections import shortage_of
from sim.facts import BackendsOrphaned, OrphansEnded, RolloutHalted
from tests.worlds import Story, edited, story

ORDERS, PRODUCTS, STORES, SHIP = "POST /orders", "GET /products/{id}", "GET /stores", "POST /shipments"


def orphans(now: Story) -> int:
    """How many backends wait without a client."""
    return sum(some.count for some in now.session.engine.world.orphans)


def test_cancelling_the_deploy_leaves_its_statement_waiting() -> None:
    """The job is gone, the backend is not; cancelling the statement itself lets everybody go."""
    with story("lock-queue") as now:
        now.at("8m", "cancel", service="shop")
        assert now.session.engine.world.serving["shop"].rollout is None
        assert any(lock.session == "migration 1" and not lock.held for lock in now.session.engine.world.locks)
        assert now.failing(ORDERS, "8m", "12m") > 0.99
        now.at("12m", "cancel_statement", session="migration 1")
        assert now.answers()[-1][1] == "57014"
        assert now.session.engine.world.migrations == {"0061_gift_wrap": "failed"}
        for endpoint in (ORDERS, PRODUCTS, SHIP):
            assert now.failing(endpoint, "13m", "20m") <= 0.003


def test_ending_the_migrations_session_ends_its_statement_too() -> None:
    """57P01, and the queue goes on."""
    with story("lock-queue") as now:
        now.at("8m", "end_session", session="migration 1")
        assert now.answers()[-1][1] == "57P01"
        assert now.failing(ORDERS, "9m", "15m") <= 0.003
        assert len(now.facts(RolloutHalted)) == 1


def test_a_lock_timeout_set_in_another_session_reaches_nobody() -> None:
    """The statement that waits began without one."""
    with story("lock-queue") as now:
        now.at("8m", "run_sql", sql="SET lock_timeout = '1s'")
        assert now.failing(ORDERS, "9m", "20m") > 0.99
        assert "migration 1" in now.session.engine.world.running


def test_the_good_retry_gives_up_by_itself_and_hurts_nobody() -> None:
    """With a lock_timeout the queue forms for two seconds and goes."""
    with story("lock-queue") as now:
        now.at("8m", "cancel_statement", session="migration 1")
        now.at("12m", "run_sql", sql="SET lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN gift_wrap boolean")
        assert now.failing(ORDERS, "10m", "15m") <= 0.003
        assert now.answers()[-1][1] == "55P03"


def test_restarting_leaves_a_backend_for_every_request_that_waited() -> None:
    """Each stopped instance leaves its twenty; then there is no connection left for the new ones: 53300."""
    with story("lock-queue") as now:
        now.at("8m", "restart", service="shop", at_once=3)
        assert orphans(now) == pytest.approx(60, abs=2)
        assert now.tally(ORDERS, "8m", "8m2s").errors["ConnectionReset"] > 0
        tally = now.tally(ORDERS, "12m", "16m")
        assert tally.errors["53300"] > 0.5 * tally.failed > 0
        assert now.tally(STORES, "9m", "16m").failed == 0
        assert "no sessions" not in now.session.look("sessions")
        now.at("16m", "cancel_statement", session="migration 1")
        assert orphans(now) == 0
        assert now.facts(OrphansEnded)
        assert now.failing(ORDERS, "17m", "24m") <= 0.003


def test_every_request_is_accounted_for_when_instances_go_while_requests_wait() -> None:
    """Scaled to zero nobody is left waiting: whoever waited was cut off or gave up."""
    with story("lock-queue") as now:
        now.at("8m", "scale", service="shop", instances=0)
        tally = now.tally(ORDERS, "0s", "9m")
        assert tally.in_flight == 0
        assert tally.errors["ConnectionReset"] > 0


def test_scaling_out_beyond_the_limit_fails_the_share_that_finds_no_connection(tmp_path: Path) -> None:
    """Sixteen times twenty and forty more for packing, of 296: no lock is needed for that."""
    calm = edited(tmp_path, "lock-queue", ("{at: 5m, deploy", "{at: 85m, deploy"))
    with story(calm) as now:
        now.at("2m", "scale", service="shop", instances=16)
        short = 1 - 296 / 360
        for endpoint in (ORDERS, PRODUCTS, SHIP):
            tally = now.tally(endpoint, "3m", "13m")
            assert tally.share == pytest.approx(short, abs=0.02)
            assert tally.errors["53300"] > 0.98 * tally.failed
        assert "64 more are refused" in now.session.look("sessions")
        now.at("13m", "scale", service="shop", instances=12)
        assert now.failing(ORDERS, "13m1s", "20m") <= 0.003


def test_a_migration_needs_a_connection_like_anybody_and_an_operator_has_one_kept() -> None:
    """With none left the deploy halts; the console still answers."""
    with story("lock-queue") as now:
        now.at("2m", "scale", service="shop", instances=20)
        now.at("5m5s")
        assert now.answers() == [("ALTER TABLE orders ADD COLUMN IF NOT EXISTS gift_wrap boolean;", "53300")]
        assert len(now.facts(RolloutHalted)) == 1
        now.at("6m", "run_sql", sql="UPDATE products SET price = price WHERE id = 1")
        now.at("6m1s")
        assert now.answers()[-1][1] is None


def test_a_limit_that_nobody_reaches_changes_nothing(tmp_path: Path) -> None:
    """The same counts with it and without."""
    digests = []
    for name, text in (("with", "  max_connections: 300\n"), ("without", "")):
        with story(edited(tmp_path / name, "lock-queue", ("  max_connections: 300\n", text)), 3) as now:
            now.at("20m")
            assert shortage_of(now.session.engine.world) is None
            now.session.engine.settle()
            digests.append(now.session.engine.traffic.digest(20 * 60))
    assert digests[0] == digests[1]


def test_without_a_lock_in_the_way_nobody_leaves_orphans(tmp_path: Path) -> None:
    """An ordinary restart is an ordinary restart."""
    calm = edited(tmp_path, "lock-queue", ("from: -25m", "from: 80m"), ("{at: 5m, deploy", "{at: 85m, deploy"))
    with story(calm) as now:
        now.at("8m", "restart", service="shop", at_once=6)
        assert now.facts(BackendsOrphaned) == []
        assert now.failing(ORDERS, "8m", "12m") <= 0.003
