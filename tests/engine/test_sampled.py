"""What `check` notes about requests whose success hangs on rows that PostgreSQL was not shown."""

from pathlib import Path

from sim.engine.assembly import Production
from sim.scenario.load import find, load
from sim.unmodelled import unmodelled
from tests.worlds import edited

_TABLE = "          status text NOT NULL\n"


def _notes(folder: Path) -> list[str]:
    production = Production(load(folder))
    try:
        return [*unmodelled(production)]
    finally:
        production.close()


def test_a_reference_that_is_drawn_by_chance_and_a_unique_column_are_noted(tmp_path: Path) -> None:
    """Each once, whatever the number of releases, with the table and the column."""
    folder = edited(
        tmp_path, "not-null-column",
        ("customer_id: {row_of: customers}\n          amount", "customer_id: {uniform: [1, 9_000]}\n          amount"),
        ("customer_id bigint NOT NULL", "customer_id bigint NOT NULL REFERENCES customers"),
        (_TABLE, f"{_TABLE.rstrip()},\n          CONSTRAINT once UNIQUE (customer_id, amount)\n"),
    )  # fmt: skip
    notes = _notes(folder)
    assert len(notes) == 2, notes
    assert "POST /orders: orders.customer_id gets $customer_id, which is not drawn by `row_of: customers`" in notes[0]
    assert "POST /orders: orders is unique over (customer_id, amount)" in notes[1]


def test_rows_that_requests_point_at_and_keys_of_their_own_need_no_note() -> None:
    """What is drawn by `row_of` is there, and `next_of` is nobody else's."""
    assert _notes(find("not-null-column")) == []
