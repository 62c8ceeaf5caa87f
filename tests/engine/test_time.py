"""Time that is skipped, and a calendar that goes ahead of the clock."""

from pathlib import Path

import pytest

from sim.catalogue import make
from sim.clock import DAY, MINUTE, later, on_the_clock, on_the_wall
from sim.errors import InvalidInput
from sim.facts import FixReady, JobRan, TimePassed
from sim.play import read_play
from sim.replay import read_journal, replay, verify
from sim.scenario.load import find, load
from sim.session import Session
from tests.worlds import edited, story

ORDERS = "POST /orders"
WEEKS = ("limit: 100m,", "limit: 100m, gaps: {40m: 7d, 80m: 1d},")
JUMPS = ((40 * MINUTE, 7 * DAY), (80 * MINUTE, DAY))


@pytest.mark.parametrize(
    ("clock", "wall"), [(0, 0), (40 * MINUTE - 1, 40 * MINUTE - 1), (40 * MINUTE, 40 * MINUTE + 7 * DAY)]
)
def test_the_wall_goes_ahead_at_a_gap(clock: int, wall: int) -> None:
    """Until then both show the same."""
    assert on_the_wall(clock, JUMPS) == wall  # type: ignore[arg-type]
    assert on_the_clock(wall, JUMPS) == clock  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "span", "clock"),
    [
        (30 * MINUTE, 10 * MINUTE - 1, 40 * MINUTE - 1),
        (30 * MINUTE, 3 * DAY, 40 * MINUTE),
        (30 * MINUTE, 7 * DAY + 15 * MINUTE, 45 * MINUTE),
        (30 * MINUTE, 8 * DAY, 80 * MINUTE),
        (90 * MINUTE, 3 * MINUTE, 93 * MINUTE),
    ],
)
def test_what_people_live_through_ends_by_the_wall(now: int, span: int, clock: int) -> None:
    """What ends within a gap has ended when the clock goes on."""
    assert later(now, span, JUMPS) == clock  # type: ignore[arg-type]


def test_a_fix_that_takes_days_is_ready_after_the_gap(tmp_path: Path) -> None:
    """Ordered at thirty minutes, built in three days: there when the clock has passed the week."""
    folder = edited(tmp_path, "not-null-column", WEEKS, ("build: {range: [25m, 50m]}", "build: 3d"))
    with story(folder) as now:
        now.at("30m", "order", fix="tolerate-missing-utm")
        now.at("39m59s")
        assert not now.facts(FixReady)
        now.at("40m")
        assert [type(one) for one in now.facts(FixReady)] == [FixReady]
        assert "on the wall it is Friday, 2026-03-20 14:40" in now.session.look("status")


def test_no_traffic_is_counted_across_a_gap(tmp_path: Path) -> None:
    """A week passes, and the requests are those of a hundred minutes: the same ones as without the gap."""
    digests = []
    for changes in ((), (WEEKS,)):
        (tmp_path / str(len(changes))).mkdir()
        with story(edited(tmp_path / str(len(changes)), "not-null-column", *changes)) as now:
            now.at("100m")
            assert len(now.facts(TimePassed)) == 2 * len(changes)
            digests.append(now.session.finish().traffic.digest(6000))
    assert digests[0] == digests[1]


def test_the_rows_that_users_write_carry_the_time_on_the_wall(tmp_path: Path) -> None:
    """now() is what the calendar shows."""
    folder = edited(tmp_path, "not-null-column", WEEKS)
    with story(folder) as now:
        now.at("38m", "run_sql", sql="ALTER TABLE orders ADD COLUMN placed timestamptz DEFAULT now()")
        now.at("50m", "run_sql", sql="UPDATE orders SET status = 'paid' WHERE placed >= '2026-03-20 14:40:00+00'")
        now.at("55m")
        late = now.session.engine.rows.query(
            "SELECT count(*), min(placed)::date FROM orders WHERE placed > '2026-03-15'"
        )
        assert int(late.rows[0][0] or 0) > 1000
        assert late.rows[0][1] == "2026-03-20"


def test_a_job_goes_by_the_wall_and_skips_what_falls_into_a_gap() -> None:
    """Due each hour: twice before the gap, never within the week, twice after it."""
    here = Path(__file__).parent / "breadth"
    loaded = load(here, 3)
    clock = loaded.scenario.clock.model_copy(update={"gaps": {"40m": 7 * DAY}})
    job = loaded.scenario.jobs["renewals"].model_copy(update={"cron": "*/15 * * * *"})
    update = {"clock": clock, "jobs": {"renewals": job}}
    other = type(loaded)(loaded.scenario.model_copy(update=update), loaded.marks, loaded.folder, loaded.params)
    with Session(other, 3) as session:
        session.advance(60 * MINUTE)
        ran = [entry.at_ms // MINUTE for entry in session.journal.entries if isinstance(entry.fact, JobRan)]
    minutes = int(loaded.scenario.clock.starts[-2:])
    assert ran == [at for at in range(61) if (minutes + at) % 15 == 0]


@pytest.mark.parametrize(
    ("gap", "said"),
    [("0m: 7d", "is no moment of the clock"), ("100m: 7d", "comes after the time limit"), ("5: 7d", "")],
)
def test_a_gap_that_cannot_be_is_said(tmp_path: Path, gap: str, said: str) -> None:
    """A gap lies inside the story."""
    with pytest.raises(InvalidInput) as error:
        load(edited(tmp_path, "not-null-column", ("limit: 100m,", f"limit: 100m, gaps: {{{gap}}},")))
    assert said in str(error.value)


def test_skipping_without_a_time_stops_at_what_one_would_hear_of(tmp_path: Path) -> None:
    """The deploy, its end, the alerts and the messages, one after the other; and in the end the end."""
    with story(edited(tmp_path, "not-null-column", WEEKS), 7) as now:
        stops = []
        while now.session.now_ms < now.session.limit_ms:
            assert now.at("0m" if not stops else f"{stops[-1]}ms", "skip_to") == ()
            assert now.session.now_ms > (stops[-1] if stops else 0) or len(stops) > 30
            stops.append(now.session.now_ms)
            assert len(stops) < 40
        assert stops[0] == 5 * MINUTE
        assert 40 * MINUTE in stops
        assert stops[-1] == now.session.limit_ms


def test_a_silenced_alert_does_not_stop_a_skip_and_changes_nothing_else() -> None:
    """The alert fires all the same, and is listed with the time until which it is silent."""
    stops = []
    for silenced in (False, True):
        with story("not-null-column", 7) as now:
            now.at("6m")
            if silenced:
                assert now.at("6m", "silence", alert=ORDERS, **{"for": "40m"}) == ()
            now.at("8m30s", "skip_to")
            stops.append(now.session.now_ms)
            now.at("22m")
            alerts = now.session.look("alerts")
            assert ("(silenced until T+46:00)" in alerts) is silenced
            assert "POST /orders: error budget burns" in alerts
    assert stops[0] < stops[1]


@pytest.mark.parametrize(
    ("to", "why"),
    [("2m", "2m has passed"), ("2h", "2h comes after the end of the story"), ("x", "'x' is not a duration")],
)
def test_time_cannot_be_skipped_to_what_is_not_ahead(to: str, why: str) -> None:
    """A refusal, with the next step."""
    with story("not-null-column") as now:
        (refused,) = now.at("3m", "skip_to", to=to)
        assert refused.why.startswith(why)
        assert refused.hint


PLAY = """
scenario: not-null-column
seed: 7
steps:
  - {at: 0m, do: skip_to}
  - {at: 0m, do: skip_to}
  - {at: 0m, do: hypothesis, says: the release broke the app's orders}
  - {at: 9m, do: run_sql, sql: "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"}
  - {at: 9m, do: roll_back, service: shop, predict: {errors: down, endpoint: POST /orders, confidence: 90}}
  - {at: 9m, do: skip_to, to: 30m}
  - {at: 10m, do: resolve}
"""


def test_a_play_that_skips_writes_the_same_journal_when_it_is_replayed(tmp_path: Path) -> None:
    """Its steps happen at their time, or at once where that has been skipped."""
    play, journal = tmp_path / "play.yaml", tmp_path / "run.jsonl"
    play.write_text(PLAY, encoding="utf-8")
    with Session.open(find("not-null-column"), 7, journal) as session:
        session.follow(read_play(play))
        result = session.finish()
    assert result.outcome == "resolved"
    assert verify(journal) is None


def test_a_replay_up_to_a_moment_stops_there_though_somebody_skipped_it(tmp_path: Path) -> None:
    """Whoever wants to know what stands behind the numbers of 16m gets those."""
    journal = tmp_path / "run.jsonl"
    with Session.open(find("ungated-flag"), 7, journal) as session:
        session.advance(10 * MINUTE)
        session.act(make("skip_to", {"to": "40m"}))
        session.finish()
    with replay(read_journal(journal), until_ms=16 * MINUTE) as again:
        assert again.now_ms == 16 * MINUTE


def test_skipping_and_waiting_come_to_the_same() -> None:
    """Letting time pass is not a deed: the digest is that of waiting."""
    digests = []
    for skips in (True, False):
        with story("not-null-column", 5) as now:
            if skips:
                now.at("1m", "skip_to", to="9m")
                for _ in range(2):
                    now.at(f"{now.session.now_ms}ms", "skip_to")
            now.at("60m", "roll_back", service="shop")
            now.at("100m")
            digests.append(now.session.finish().digest)
    assert digests[0] == digests[1]
