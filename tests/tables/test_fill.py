"""Row n of a table is a function of n."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import NotModelled
from sim.scenario.values import RowOf
from sim.tables.fill import Fills
from sim.tables.population import draw
from sim.tables.seeds import seed_rows, seeds
from tests.tables.shop import shop, table

FILLS = shop()


@given(st.lists(st.integers(0, 1999), min_size=1, max_size=30))
def test_a_row_is_the_same_whoever_asks_for_it(rows: list[int]) -> None:
    """Alone, in a crowd, or out of order."""
    whole = {name: column.texts() for name, column in FILLS.columns("orders", np.arange(2000)).items()}
    some = {name: column.texts() for name, column in FILLS.columns("orders", np.array(rows)).items()}
    assert some == {name: [texts[row] for row in rows] for name, texts in whole.items()}


def test_a_row_of_is_a_primary_key_of_that_table() -> None:
    """Every order points at a customer that there is."""
    keys = {int(text or 0) for text in FILLS.columns("orders", np.arange(2000))["customer_id"].texts()}
    assert keys <= set(range(1, 301))
    assert len(keys) > 250


def test_seeds_hold_every_row_that_they_point_at() -> None:
    """The judge's foreign keys are satisfied."""
    requests = draw(FILLS, {"customer": RowOf(row_of="customers")}, "GET /")
    found = seeds(FILLS, [requests])
    pointed = {row[found["orders"].columns.index("customer_id")] for row in found["orders"].values}
    assert pointed <= {row[0] for row in found["customers"].values}
    assert len(found["orders"].values) == 50
    assert len(found["customers"].values) == 300


def test_a_seed_leaves_computed_columns_to_postgresql() -> None:
    """They are handed over as expressions; a default is left to the table."""
    seed = seed_rows(FILLS, "customers", np.arange(2))
    assert seed.columns == ("id", "name", "born", "vip")
    assert [name for name, _ in seed.expressions] == ["email"]


@pytest.mark.parametrize(
    ("ddl", "fill", "complaint"),
    [
        pytest.param("CREATE TABLE t (id int PRIMARY KEY, x text NOT NULL)", {}, "its rows need a fill", id="nothing"),
        pytest.param("CREATE TABLE t (id int PRIMARY KEY)", {"y": 1}, "has no column 'y'", id="unknown column"),
        pytest.param("CREATE TABLE u (id int PRIMARY KEY)", {}, "makes no table of that name", id="another name"),
        pytest.param(
            "CREATE TABLE t (id int[] PRIMARY KEY)", {}, "the type INT\\[\\]", id="a type that is not modelled"
        ),
    ],
)
def test_a_table_that_cannot_be_filled_says_why(ddl: str, fill: dict[str, object], complaint: str) -> None:
    """The scenario's author reads this."""
    fills = Fills({"t": table(ddl, 2, fill)})
    with pytest.raises(NotModelled, match=complaint):
        fills.columns("t", np.arange(2))
