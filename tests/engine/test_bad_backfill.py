"""A backfill skipped the old rows: what members meet, and what going back and repairing cost, row by row."""

import pytest

from tests.worlds import Story, story

LOGIN = "POST /login"
SKIPPED = "NOT email_verified AND verification_status = 'verified' AND verification_changed_at IS NULL"


def number(now: Story, sql: str) -> int:
    """One number from the replica."""
    return int(now.session.engine.rows.query(sql).rows[0][0] or 0)


def harmed(now: Story, start: str, stop: str) -> float:
    tally = now.tally(LOGIN, start, stop)
    return tally.harmed / tally.total


@pytest.fixture(scope="module")
def asked() -> Story:  # type: ignore[misc]
    """The first hour, in which nobody does anything; seeds agree about it but for chance."""
    with story("bad-backfill", 2) as now:
        now.at("30m")
        yield now  # type: ignore[misc]


def test_the_backfill_skips_exactly_the_old_rows(asked: Story) -> None:
    """Of a million, 150 000 less those who have verified again since; all of them dated as the old system wrote it."""
    again = number(asked, "SELECT count(*) FROM users WHERE verification_source = 'link' AND created_at LIKE '%/%'")
    changed = number(
        asked, "SELECT count(*) FROM users WHERE verification_source = 'address' AND created_at LIKE '%/%'"
    )
    left = number(asked, f"SELECT count(*) FROM users WHERE {SKIPPED}")
    assert left + again + changed == pytest.approx(150_000, abs=500)
    assert again > 1000
    assert number(asked, f"SELECT count(*) FROM users WHERE {SKIPPED} AND created_at LIKE '20%'") < 150
    dated = "created_at LIKE '__/__/____' AND verification_status = 'unverified'"
    assert number(asked, f"SELECT count(*) FROM users WHERE {dated}") == pytest.approx(12_000, abs=500)


def test_nothing_fails_and_fifteen_in_a_hundred_are_asked_again(asked: Story) -> None:
    """The share of the rows that are wrong, falling as people follow the link."""
    assert asked.failing(LOGIN, "10m", "30m") < 0.002
    assert harmed(asked, "9m", "14m") == pytest.approx(0.147, abs=0.01)
    assert harmed(asked, "25m", "30m") < harmed(asked, "9m", "14m") + 0.005
    assert not asked.session.engine.world.alerts


def test_each_repair_does_its_own_damage(asked: Story) -> None:
    """Unguarded it resets sign-ups and trusts changed addresses; the guarded one before it did neither."""
    asked.at("30m", "backfill", sql=f"UPDATE users SET email_verified = true WHERE {SKIPPED}", batch=50_000)
    asked.at("32m")
    guarded = asked.session.engine.rows.data()
    assert guarded.wrong["asked_again"] == guarded.wrong["verification_forgotten"] == guarded.lost == 0
    assert guarded.wrong["changed_address_trusted"] == 0
    assert harmed(asked, "33m", "36m") < 0.002
    asked.at("36m", "run_sql", sql="UPDATE users SET email_verified = (verification_status = 'verified')")
    asked.at("37m")
    unguarded = asked.session.engine.rows.data()
    assert unguarded.wrong["verification_forgotten"] > 500
    assert unguarded.wrong["changed_address_trusted"] > 300
    assert unguarded.lost >= unguarded.wrong["verification_forgotten"]


def test_the_button_drops_what_was_written_since(asked: Story) -> None:
    """As many facts are lost as members have written, and new code fails with 42703 until it is gone."""
    written = number(asked, "SELECT count(*) FROM users WHERE verification_changed_at IS NOT NULL")
    asked.at("38m", "roll_back", service="accounts", to="v5.7.0")
    asked.at("42m")
    assert asked.session.engine.rows.data().lost == pytest.approx(written, rel=0.05)
    assert asked.tally(LOGIN, "38m5s", "38m14s").errors["42703"] > 0
    assert asked.failing(LOGIN, "41m30s", "42m") < 0.01
