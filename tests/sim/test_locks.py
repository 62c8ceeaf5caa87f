"""Who waits behind whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.locks import conflict, stalls, waits_for
from sim.scenario.model import LOCK_MODES
from sim.world import Lock

READ, WRITE, ALTER = "AccessShareLock", "RowExclusiveLock", "AccessExclusiveLock"


@given(st.sampled_from(LOCK_MODES), st.sampled_from(LOCK_MODES))
def test_conflict_is_mutual(one: str, other: str) -> None:
    """If one excludes the other, the other excludes the one."""
    assert conflict(one, other) == conflict(other, one)


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        (READ, READ, False),
        (READ, ALTER, True),
        (WRITE, WRITE, False),
        ("ShareLock", WRITE, True),
        ("ShareLock", "ShareLock", False),
        ("ShareUpdateExclusiveLock", WRITE, False),
        ("ShareUpdateExclusiveLock", "ShareUpdateExclusiveLock", True),
        ("ShareRowExclusiveLock", READ, False),
        ("ExclusiveLock", "RowShareLock", True),
    ],
)
def test_the_matrix_is_postgresqls(one: str, other: str, excluded: bool) -> None:
    """Corners of the table in PostgreSQL's manual."""
    assert conflict(one, other) is excluded


def test_a_reader_waits_behind_an_alter_that_waits_behind_a_reader() -> None:
    """The lock queue: nobody overtakes, so a waiting ALTER stalls those who could share with the holder."""
    report, alter = Lock("report", "orders", READ, held=True), Lock("console 1", "orders", ALTER, held=False)
    assert not stalls((report,), "orders", READ)
    assert stalls((report, alter), "orders", READ)
    assert waits_for((report, alter), "console 1", "orders", ALTER) == (report,)
    assert not stalls((report, alter), "customers", READ)


def test_a_session_does_not_wait_for_itself() -> None:
    """A transaction that holds a lock may take a stronger one."""
    assert waits_for((Lock("a", "orders", READ, held=True),), "a", "orders", ALTER) == ()
