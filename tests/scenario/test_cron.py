"""Crontab lines, against what crontab(5) says and against a search minute by minute."""

# ruff: noqa: E501 - a row of a table stays a row

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.cron import parse


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("line", "after", "due"), [
    pytest.param("0 0 * * *", "2026-03-13 14:00", "2026-03-14 00:00", id="midnight"),
    pytest.param("0 0 * * *", "2026-03-13 00:00", "2026-03-14 00:00", id="strictly after"),
    pytest.param("*/15 * * * *", "2026-03-13 14:07", "2026-03-13 14:15", id="every quarter"),
    pytest.param("5/20 * * * *", "2026-03-13 14:26", "2026-03-13 14:45", id="every twenty from five past"),
    pytest.param("30 2 * * mon-fri", "2026-03-13 14:00", "2026-03-16 02:30", id="from Friday to Monday"),
    pytest.param("0 9 * * 7", "2026-03-13 14:00", "2026-03-15 09:00", id="seven is Sunday"),
    pytest.param("0 9 * * sun", "2026-03-13 14:00", "2026-03-15 09:00", id="so is its name"),
    pytest.param("0 0 1 jan *", "2026-03-13 14:00", "2027-01-01 00:00", id="New Year"),
    pytest.param("0 0 29 2 *", "2026-03-13 14:00", "2028-02-29 00:00", id="a leap day"),
    pytest.param("0 0 13 * fri", "2026-03-14 00:00", "2026-03-20 00:00", id="either day field is enough"),
    pytest.param("0 0 */2 * fri", "2026-03-14 00:00", "2026-03-27 00:00", id="a starred day field restricts nothing alone"),
    pytest.param("59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59", id="a year later"),
    pytest.param("1,2,3-5/2 0-1 * * *", "2026-03-13 00:03", "2026-03-13 00:05", id="lists and stepped spans"),
])  # fmt: skip
def test_the_next_run_is_what_crontab_means(line: str, after: str, due: str) -> None:
    """Days, names, steps and the rule about the two day fields."""
    assert parse(line).next_after(at(after)) == at(due)


def test_a_day_that_never_comes_is_none() -> None:
    """31 February is well-formed and never due."""
    assert parse("0 0 31 2 *").next_after(at("2026-03-13 14:00")) is None


def test_minutes_are_counted_from_the_start_of_the_clock() -> None:
    """The engine asks again after each run."""
    job = parse("0 */6 * * *")
    assert job.minutes_until("2026-03-13 14:00", 0) == 240
    assert job.minutes_until("2026-03-13 14:00", 240) == 600
    assert parse("0 0 31 2 *").minutes_until("2026-03-13 14:00", 0) is None


@pytest.mark.parametrize(("line", "why"), [
    pytest.param("0 0 * *", "five fields", id="four fields"),
    pytest.param("@daily", "five fields", id="a nickname"),
    pytest.param("60 0 * * *", "minute", id="minute 60"),
    pytest.param("0 24 * * *", "hour", id="hour 24"),
    pytest.param("0 0 0 * *", "day of the month", id="day 0"),
    pytest.param("0 0 * 13 *", "month", id="month 13"),
    pytest.param("0 0 * * 8", "day of the week", id="weekday 8"),
    pytest.param("0 0 * * fra", "day of the week", id="an unknown day"),
    pytest.param("5-1 0 * * *", "minute", id="a span backwards"),
    pytest.param("*/0 0 * * *", "step", id="a step of nothing"),
    pytest.param("*/x 0 * * *", "step", id="a step that is no number"),
    pytest.param("-1 0 * * *", "minute", id="a negative minute"),
    pytest.param("²  0 * * *", "minute", id="a digit from elsewhere"),
])  # fmt: skip
def test_a_line_that_means_nothing_is_refused(line: str, why: str) -> None:
    """The field that is wrong is named."""
    with pytest.raises(ValueError, match=why):
        parse(line)


_FIELD = st.sampled_from(["*", "*/7", "0", "3", "1-5", "2,4"])


@given(minute=_FIELD, hour=_FIELD, weekday=_FIELD, offset=st.integers(0, 60 * 24 * 20))
def test_no_minute_is_passed_over(minute: str, hour: str, weekday: str, offset: int) -> None:
    """The next run is found minute by minute too, and nothing before it is due."""
    job = parse(f"{minute} {hour} * * {weekday}")
    start = at("2026-02-20 00:00") + timedelta(minutes=offset)
    due = job.next_after(start)
    assert due is not None
    assert due > start
    moment = start + timedelta(minutes=1)
    while moment < due and moment < start + timedelta(hours=30):
        is_due = (
            moment.minute in job.minutes and moment.hour in job.hours and (moment.weekday() + 1) % 7 in job.weekdays
        )
        assert not is_due
        moment += timedelta(minutes=1)
