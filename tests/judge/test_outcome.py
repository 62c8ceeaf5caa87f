"""What a statement makes of given rows: they stand there as they are, whatever new rows have to keep to."""

import pytest

from sim.errors import NotModelled
from sim.judge.judge import Judge
from sim.judge.values import Lineage, Ran, Refusal, SeedRows
from tests.judge.shop import orders, shop

LATE = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID"
OLD = orders(("1", "1", "-4.00", "paid", "A"), ("2", "2", "-5.00", "paid", "B"))
AT_ONCE = "; SET CONSTRAINTS ALL IMMEDIATE"


def late() -> Lineage:
    """The shop, with a constraint that its old rows need not keep."""
    return shop().then(Ran(LATE))


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("UPDATE orders SET amount = -amount", None),
        ("UPDATE orders SET amount = 1 WHERE id = 1", None),
        ("DELETE FROM orders WHERE id = 1", None),
        ("UPDATE orders SET status = 'open'", "23514"),
        ("UPDATE orders SET amount = amount - 1 WHERE id = 2", "23514"),
        ("INSERT INTO orders (id, amount) VALUES (3, -1)", "23514"),
    ],
)
def test_a_constraint_that_is_not_valid_yet_binds_the_statement_only(
    judge: Judge, statement: str, sqlstate: str | None
) -> None:
    """Rows that break it can stand there, and be repaired; no row may be left breaking it by the statement."""
    came = judge.outcome(late(), statement, {"orders": OLD})
    assert (came.sqlstate if isinstance(came, Refusal) else None) == sqlstate


def test_repaired_rows_are_read_back(judge: Judge) -> None:
    """The outcome is the rows after the repair."""
    came = judge.outcome(late(), "UPDATE orders SET amount = -amount", {"orders": OLD})
    assert not isinstance(came, Refusal)
    assert [row[2] for row in came["orders"].values] == ["4.00", "5.00"]


def test_rows_that_break_a_valid_constraint_cannot_be_shown(judge: Judge) -> None:
    """That is said, and nothing crashes; the next question is answered as ever."""
    valid = shop().then(Ran("ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0)"))
    with pytest.raises(NotModelled, match=r"rows of orders can't be shown to PostgreSQL: .*positive"):
        judge.outcome(valid, "UPDATE orders SET status = 'open'", {"orders": OLD})
    came = judge.outcome(valid, "UPDATE orders SET amount = -1", {"orders": orders(("1", "1", "1.00", "paid", "A"))})
    assert isinstance(came, Refusal)
    assert came.sqlstate == "23514"


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [("INSERT INTO orders (id, customer_id) VALUES (3, 77)", None),
     ("INSERT INTO orders (id, customer_id) VALUES (3, 77)" + AT_ONCE, "23503"),
     ("INSERT INTO orders (id, customer_id) VALUES (3, 7)" + AT_ONCE, None)],
)  # fmt: skip
@pytest.mark.parametrize("timing", ["", " DEFERRABLE INITIALLY DEFERRED"])
def test_foreign_keys_bind_a_statement_that_asks_for_all_constraints(
    judge: Judge, statement: str, sqlstate: str | None, timing: str
) -> None:
    """Without that, a few rows may stand without those they point at; with it, deferred keys speak too."""
    bound = shop().then(Ran(f"ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers{timing}"))
    rows = {"orders": orders(), "customers": SeedRows(("id", "email"), (("7", "u7@example.com"),))}
    came = judge.outcome(bound, statement, rows)
    assert (came.sqlstate if isinstance(came, Refusal) else None) == sqlstate
