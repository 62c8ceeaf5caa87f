"""`check` runs a scenario on a good day, and says what it leaves unmodelled."""

from pathlib import Path

import pytest

from sim.check import check
from sim.scenario.load import find
from tests.worlds import edited

INSERT = (
    "          insert_order:\n            sql: |\n              INSERT INTO orders (id, customer_id, amount, status)"
)
BASE = """          never:
            before: insert_order
            raises: "BadDay: out of stock"
            when: campaign = 'partner'
"""


@pytest.mark.parametrize("scenario", ["not-null-column", "ungated-flag"])
def test_the_scenarios_that_come_along_are_sound(scenario: str) -> None:
    """No problem, nothing unmodelled, nothing missing, healthy on a good day; the command line tries their plays."""
    report = check(find(scenario), quick=True)
    assert (report.problems, report.notes, report.missing) == ([], [], [])


def test_an_error_on_a_good_day_is_a_defect_of_the_scenario(tmp_path: Path) -> None:
    """The old release fails by itself: the endpoint is named, at its place, and so is the alert."""
    folder = edited(tmp_path, "not-null-column", (INSERT, BASE + INSERT))
    problems = [str(problem) for problem in check(folder, quick=True).problems]
    assert any("requests of POST /orders fail with BadDay" in said for said in problems)
    assert any("an alert fires" in said for said in problems)


def test_what_the_tables_cannot_count_is_listed(tmp_path: Path) -> None:
    """A migration, a statement and an invariant beyond the SQL that is translated; the run itself says the same."""
    folder = edited(
        tmp_path,
        "not-null-column",
        (
            "SELECT count(*) = 0 FROM orders WHERE customer_id IS NULL",
            "SELECT string_agg(status, ',') = 'x' FROM orders",
        ),
        ("ALTER TABLE orders ALTER COLUMN order_metadata DROP DEFAULT;", "CREATE TABLE pieces (id int, part char(3));"),
        (
            "INSERT INTO orders (id, customer_id, amount, status)\n",
            "INSERT INTO orders AS o (id, customer_id, amount, status)\n",
        ),
    )
    notes = " | ".join(check(folder, quick=True).notes)
    assert "the invariant every_order_has_a_customer" in notes
    assert "migration 0042_order_metadata" in notes
