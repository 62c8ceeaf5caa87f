"""The column that would not be empty: every situation comes out by computation."""

from pathlib import Path

import pytest

from tests.worlds import edited, story

ORDERS = "POST /orders"
RELAX = "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"
QUIET_SEED = 7


def test_before_the_deploy_only_the_background_fails() -> None:
    """At most two in a thousand, and nothing but clients that closed."""
    with story("not-null-column") as now:
        tally = now.tally(ORDERS, "0s", "5m")
        assert tally.share <= 0.002
        assert set(tally.errors) == {"ClientClosedRequest"}


def test_the_release_fails_for_the_app() -> None:
    """v2.4.0 everywhere: fifteen in a hundred, with the exception of the code."""
    with story("not-null-column") as now:
        tally = now.tally(ORDERS, "20m", "40m")
        assert tally.share == pytest.approx(0.15, abs=0.015)
        assert max(tally.errors, key=lambda name: tally.errors[name]) == "IllegalStateException"


def test_rolling_back_the_code_alone_fails_everybody() -> None:
    """v2.3.0 on the new schema: every order, refused by PostgreSQL with 23502."""
    with story("not-null-column") as now:
        now.at("12m", "roll_back", service="shop", to="v2.3.0")
        tally = now.tally(ORDERS, "16m", "21m")
        assert tally.share == 1.0
        assert tally.errors["23502"] >= 0.99 * tally.failed


def test_half_way_through_the_roll_back_both_fail_by_instances(tmp_path: Path) -> None:
    """Six of twelve instances: half at fifteen in a hundred, half at all, 57.5 in a hundred together."""
    slow = edited(tmp_path, "not-null-column", ("each: 15s", "each: 30s"))
    with story(slow) as now:
        now.at("15m", "roll_back", service="shop", to="v2.3.0")
        now.at("18m5s", "cancel", service="shop")
        tally = now.tally(ORDERS, "19m", "29m")
        assert tally.share == pytest.approx(0.575, abs=0.015)
        assert {"23502", "IllegalStateException"} <= set(tally.errors)


@pytest.mark.parametrize("relax", [RELAX, "ALTER TABLE orders ALTER COLUMN order_metadata DROP NOT NULL"])
def test_relaxing_first_makes_the_roll_back_safe(relax: str) -> None:
    """Only the background fails, and every fact of order_metadata is still there."""
    with story("not-null-column", QUIET_SEED) as now:
        now.at("9m", "run_sql", sql=relax)
        now.at("10m", "roll_back", service="shop")
        assert now.failing(ORDERS, "14m", "24m") <= 0.002
        assert now.session.engine.rows.data().lost == 0
        written = now.tally(ORDERS, "5m", "14m", label="v2.4.0")
        (count,) = now.session.engine.rows.query("SELECT count(*) FROM orders WHERE order_metadata <> '{}'").rows
        assert count == (str(written.total - written.failed),)


@pytest.mark.parametrize(("default", "sqlstate"), [(False, "23502"), (True, None)])
def test_set_not_null_later_is_refused_unless_a_default_was_set_too(default: bool, sqlstate: str | None) -> None:
    """The orders of the old code are empty there, and PostgreSQL finds them."""
    with story("not-null-column", QUIET_SEED) as now:
        if default:
            now.at("9m", "run_sql", sql=RELAX)
        now.at("9m", "run_sql", sql="ALTER TABLE orders ALTER COLUMN order_metadata DROP NOT NULL")
        now.at("10m", "roll_back", service="shop")
        now.at("20m", "run_sql", sql="ALTER TABLE orders ALTER COLUMN order_metadata SET NOT NULL")
        now.at("21m")
        assert now.answers()[-1] == ("ALTER TABLE orders ALTER COLUMN order_metadata SET NOT NULL", sqlstate)


def test_migrating_down_under_the_new_code_fails_everybody_and_loses_what_was_written() -> None:
    """42703 for every order; lost are exactly the orders that v2.4.0 accepted, for all of them carried metadata."""
    with story("not-null-column", QUIET_SEED) as now:
        now.at("12m", "migrate_down", migration="0042_order_metadata")
        tally = now.tally(ORDERS, "12m5s", "20m")
        assert tally.share == 1.0
        assert tally.errors["42703"] >= 0.8 * tally.failed
        accepted = now.tally(ORDERS, "0s", "12m1s", label="v2.4.0")
        assert now.session.engine.rows.data().lost == accepted.total - accepted.failed > 0
        now.at("20m", "roll_back", service="shop")
        assert now.failing(ORDERS, "24m", "34m") <= 0.002


def test_the_fix_heals_after_build_and_roll_out() -> None:
    """Ordered at nine minutes it is refused before it is built, and built within fifty."""
    with story("not-null-column") as now:
        now.at("9m", "order", fix="tolerate-missing-utm")
        (refused,) = now.at("20m", "deploy", service="shop", base="v2.4.0", add=["tolerate-missing-utm"])
        assert "still being built" in refused.why
        assert now.at("60m", "deploy", service="shop", base="v2.4.0", add=["tolerate-missing-utm"]) == ()
        assert now.failing(ORDERS, "65m", "75m") <= 0.002


def test_an_alter_behind_a_long_transaction_stalls_every_order_until_it_is_cancelled(tmp_path: Path) -> None:
    """Everybody queues behind the waiting ALTER; connections run out; cancelling it lets them go."""
    busy = edited(tmp_path, "not-null-column", ("{choice: {0m: 0.7, 35m: 0.15, 60m: 0.15}}", "{choice: [60m]}"))
    with story(busy) as now:
        now.at("12m", "run_sql", sql=RELAX)
        stalled = now.tally(ORDERS, "13m", "18m")
        assert stalled.share > 0.99
        assert stalled.errors["PoolTimeout"] > 0
        assert now.failing("GET /customers/{id}", "13m", "18m") > 0.99
        now.at("18m", "cancel_statement", session="console 2")
        assert now.answers()[-1][1] == "57014"
        assert now.failing(ORDERS, "19m", "24m") == pytest.approx(0.15, abs=0.015)
        now.at("24m", "run_sql", sql=f"SET lock_timeout = '2s'; {RELAX}")
        now.at("25m")
        assert now.answers()[-1][1] == "55P03"
        now.at("25m", "end_session", session="finance-report")
        now.at("25m", "run_sql", sql=RELAX)
        now.at("26m")
        assert now.answers()[-1][1] is None


def test_with_the_default_kept_the_naive_roll_back_is_safe(tmp_path: Path) -> None:
    """One line less in the migration, and the world follows."""
    kept = edited(
        tmp_path, "not-null-column", ("        ALTER TABLE orders ALTER COLUMN order_metadata DROP DEFAULT;\n", "")
    )
    with story(kept) as now:
        now.at("12m", "roll_back", service="shop", to="v2.3.0")
        assert now.failing(ORDERS, "16m", "26m") <= 0.002


LITERAL = (
    (
        """ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}';
        ALTER TABLE orders ALTER COLUMN order_metadata DROP DEFAULT;""",
        "ALTER TABLE orders ADD COLUMN order_metadata JSONB NOT NULL;",
    ),
)


def test_the_literal_statement_is_refused_and_the_deploy_halts(tmp_path: Path) -> None:
    """23502 on a table with rows; nothing is rolled out, and v2.3.0 goes on unharmed."""
    with story(edited(tmp_path, "not-null-column", *LITERAL)) as now:
        assert now.failing(ORDERS, "0s", "30m") <= 0.002
        assert now.answers() == [("ALTER TABLE orders ADD COLUMN order_metadata JSONB NOT NULL", "23502")]
        assert now.session.engine.world.migrations == {"0042_order_metadata": "failed"}


def test_on_an_empty_table_the_literal_statement_succeeds_and_bites_the_old_code(tmp_path: Path) -> None:
    """Deployed before the first order: accepted, and v2.3.0 then fails everybody."""
    empty = edited(
        tmp_path, "not-null-column", *LITERAL, ("rows: 400_000", "rows: 0"), ("{at: 5m, deploy", "{at: 0s, deploy")
    )
    with story(empty) as now:
        now.at("10m", "roll_back", service="shop", to="v2.3.0")
        assert now.failing(ORDERS, "5m", "10m") == pytest.approx(0.15, abs=0.015)
        assert now.failing(ORDERS, "14m", "20m") == 1.0
        assert now.answers()[0][1] is None
