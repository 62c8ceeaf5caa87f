"""A statement in batches: each takes hold by itself, meets the rows that are there then, and can be stopped between."""

from pathlib import Path

import pytest

from sim.facts import BackfillEnded, BatchRan
from tests.worlds import Story, story

HERE = Path(__file__).parent / "breadth"
REPAIR = "UPDATE users SET email_verified = true WHERE NOT email_verified AND verification_changed_at IS NULL"


def batches(now: Story) -> list[BatchRan]:
    return [ran for ran in now.facts(BatchRan) if isinstance(ran, BatchRan)]


def ends(now: Story) -> list[tuple[str | None, int]]:
    return [(end.sqlstate, end.overwritten) for end in now.facts(BackfillEnded) if isinstance(end, BackfillEnded)]


def wrong(now: Story) -> int:
    return now.session.engine.rows.data().totals()["rows_wrong"]


def test_batches_go_along_the_key_until_no_row_is_left() -> None:
    """Each is full but the last, each ends behind the one before, and a pause lies between."""
    with story(HERE, 3) as now:
        now.at("2m", "backfill", sql=REPAIR, batch=1000, pause="10s")
        now.at("2m5s")
        assert "1 batches done, 1000 rows" in now.session.look("sessions")
        now.at("4m")
        ran = batches(now)
        assert [one.rows for one in ran[:-1]] == [1000] * (len(ran) - 1)
        assert [one.upto for one in ran] == sorted(one.upto for one in ran)
        assert sum(one.rows for one in ran) == pytest.approx(3000, abs=100)
        assert (ends(now), wrong(now)) == ([(None, 0)], 0)


def test_a_batch_leaves_alone_what_users_have_put_right_meanwhile() -> None:
    """The WHERE is read again: fewer rows are written than were found wrong when it began, and none of users'."""
    with story(HERE, 3) as now:
        now.at("20m", "backfill", sql=REPAIR, batch=500, pause="4m")
        before = wrong(now)
        now.at("50m")
        assert sum(one.rows for one in batches(now)) < before
        assert (ends(now), wrong(now)) == ([(None, 0)], 0)


def test_what_is_cancelled_stays_done_and_goes_on_from_there() -> None:
    """Cancelled between two batches; the same again finds what is left, `after:` skips what was passed."""
    with story(HERE, 3) as now:
        now.at("2m", "backfill", sql=REPAIR, batch=500, pause="10s")
        now.at("2m15s", "cancel_statement", session="backfill 1")
        (first, second) = batches(now)
        assert (first.rows, second.rows, ends(now)) == (500, 500, [("57014", 0)])
        assert f"up to key {second.upto}, ended: 57014" in now.session.look("jobs")
        now.at("3m", "backfill", sql=REPAIR, batch=5000, after=second.upto)
        now.at("4m")
        assert batches(now)[2].rows == pytest.approx(2000, abs=100)
        assert wrong(now) == 0


def test_what_postgresql_refuses_stops_it() -> None:
    """A column that is not there, and a value that a constraint does not take; what is done before stays."""
    with story(HERE, 3) as now:
        now.at("2m", "backfill", sql="UPDATE users SET verified = true")
        now.at("3m", "backfill", sql="UPDATE users SET email = CASE WHEN id > 5000 THEN NULL ELSE 'x' END", batch=4000)
        now.at("4m")
        assert [state for state, _ in ends(now)] == ["42703", "23502"]
        assert [one.upto for one in batches(now)] == [4000]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET email = v.at::text FROM visits v WHERE v.user_id = users.id",
        "UPDATE users SET email = 'x'; UPDATE users SET email = 'y'",
    ],
    ids=["two tables", "two statements"],
)
def test_what_cannot_be_cut_in_pieces_is_not_modelled(sql: str) -> None:
    """And nothing is changed."""
    with story(HERE, 3) as now:
        before = wrong(now)
        now.at("2m", "backfill", sql=sql)
        now.at("2m1s")
        assert (ends(now), batches(now)) == ([("not modelled", 0)], [])
        assert wrong(now) == before


@pytest.mark.parametrize(
    "given",
    [
        {"sql": "SELECT 1"},
        {"sql": REPAIR, "batch": 0},
        {"sql": REPAIR, "pause": "soon"},
        {"sql": REPAIR, "pause": "-5s"},
    ],
    ids=["no change of rows", "empty batches", "no time", "before it ends"],
)
def test_what_makes_no_sense_is_refused(given: dict[str, object]) -> None:
    """With the next step."""
    with story(HERE, 3) as now:
        (refused,) = now.at("1m", "backfill", **given)
        assert refused.why
        assert refused.hint
