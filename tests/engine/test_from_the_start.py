"""Code that serves at clock zero may look at rows: they are there."""

from pathlib import Path

from tests.worlds import edited, story

ROW = """          read_order: {sql: "SELECT id, customer_id, amount, status FROM orders WHERE id = $order_id"}
"""
GUARD = """          odd:
            harms: an order that was cancelled is shown
            when: (SELECT status = 'cancelled' FROM orders WHERE id = order_id)
"""


def test_a_guard_over_rows_holds_from_the_first_second(tmp_path: Path) -> None:
    """Three in a hundred orders are cancelled."""
    folder = edited(tmp_path, "not-null-column", (ROW, ROW + GUARD))
    with story(folder) as now:
        tally = now.tally("GET /orders/{id}", "0s", "4m")
        assert 0.02 < tally.harmed / tally.total < 0.04
