"""A column renamed under code that serves, and plans that nobody wrote down."""

import pytest

from sim.facts import RolloutHalted
from tests.worlds import story

ACCOUNT, SIGNUP, CHANGE, MAIL = "GET /account", "POST /signups", "PUT /account/email", "MAIL confirmation"
VIEW = """ALTER TABLE customers RENAME TO kept;
CREATE VIEW customers AS SELECT id, name, email_address, email_address AS email FROM kept"""


def test_the_mix_falls_as_instances_are_replaced_and_the_gate_stops_it_at_a_quarter() -> None:
    """All, eleven of twelve, ten, and then nine for good; it is the service's errors that the gate reads."""
    with story("rename-in-one-deploy") as now:
        assert now.failing(ACCOUNT, "5m1s", "5m20s") == 1.0
        assert now.failing(ACCOUNT, "5m21s", "5m40s") == pytest.approx(11 / 12, abs=0.03)
        assert now.failing(ACCOUNT, "5m41s", "6m") == pytest.approx(10 / 12, abs=0.04)
        assert now.failing(ACCOUNT, "7m", "20m") == pytest.approx(0.75, abs=0.01)
        (halted,) = now.facts(RolloutHalted)
        assert "shop's requests" in halted.why  # type: ignore[attr-defined]
        assert "halted" in now.session.look("deploys")


def test_a_view_with_both_names_serves_old_and_new_code_and_the_mailer() -> None:
    """Also those who write; and what they wrote is there under both names."""
    with story("rename-in-one-deploy") as now:
        now.at("9m", "run_sql", sql=VIEW, transaction=True)
        for endpoint in (ACCOUNT, SIGNUP, CHANGE, MAIL):
            assert now.failing(endpoint, "9m5s", "20m") <= 0.005
        accepted = now.tally(SIGNUP, "0s", "20m")
        (row,) = now.session.engine.rows.query(
            "SELECT count(*), count(email), count(email_address) FROM customers"
        ).rows
        assert row == (str(120_000 + accepted.total - accepted.failed),) * 3


def test_a_generated_column_serves_readers_and_refuses_old_writers() -> None:
    """428C9 for the old INSERT and UPDATE; it follows what the new code writes."""
    with story("rename-in-one-deploy") as now:
        now.at(
            "9m",
            "run_sql",
            sql="ALTER TABLE customers ADD COLUMN email text GENERATED ALWAYS AS (email_address) STORED",
        )
        for endpoint in (ACCOUNT, MAIL):
            assert now.failing(endpoint, "9m5s", "15m") <= 0.005
        for endpoint in (SIGNUP, CHANGE):
            tally = now.tally(endpoint, "9m5s", "15m")
            assert tally.errors["428C9"] / tally.total == pytest.approx(0.75, abs=0.05)
        differing = "SELECT count(*) FROM customers WHERE email IS DISTINCT FROM email_address"
        assert now.session.engine.rows.query(differing).rows == (("0",),)


def test_a_copy_under_the_old_name_serves_readers_until_it_is_stale() -> None:
    """Mails go to the copied address; old sign-ups leave the real column out, and are refused."""
    with story("rename-in-one-deploy") as now:
        now.at(
            "9m",
            "run_sql",
            sql="ALTER TABLE customers ADD COLUMN email text; UPDATE customers SET email = email_address",
        )
        assert now.failing(MAIL, "11m", "20m") <= 0.005
        tally = now.tally(SIGNUP, "11m", "20m")
        assert tally.errors["23502"] / tally.total == pytest.approx(0.75, abs=0.05)
        stale = "SELECT count(*) FROM customers WHERE email IS DISTINCT FROM email_address"
        ((count,),) = now.session.engine.rows.query(stale).rows
        assert int(count) > 0


def test_the_way_back_is_lossless() -> None:
    """The name first, then the code; whoever signed up on the new version is still there."""
    with story("rename-in-one-deploy") as now:
        now.at("9m", "roll_back", service="shop", to="v5.2.0", schema="down")
        for endpoint in (ACCOUNT, SIGNUP, MAIL):
            assert now.failing(endpoint, "11m", "20m") <= 0.005
        accepted = now.tally(SIGNUP, "0s", "20m")
        ((count,),) = now.session.engine.rows.query("SELECT count(email) FROM customers").rows
        assert int(count) == 120_000 + accepted.total - accepted.failed
        assert now.session.engine.rows.data().totals()["rows_lost"] == 0
