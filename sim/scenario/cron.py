"""When a job is due: the five fields of a crontab line, read in whole minutes of simulated wall-clock time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sim.clock import MINUTE, on_the_clock, on_the_wall

if TYPE_CHECKING:
    from sim.scenario.model import Clock

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAYS_SEARCHED = 366 * 8 + 1  # 29 February comes every four years, but for one that is skipped


@dataclass(frozen=True)
class Cron:
    """As crontab has it: when both day fields are restricted, either one is enough."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    any_day: bool
    any_weekday: bool

    def next_after(self, moment: datetime) -> datetime | None:
        """The first due minute strictly after a moment; None when there is none, as for 31 February."""
        start = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for ahead in range(_DAYS_SEARCHED):
            day = (start + timedelta(days=ahead)).replace(hour=0, minute=0) if ahead else start
            if self._on(day) and (due := self._from(day)):
                return due
        return None

    def minutes_until(self, starts: str, after_minutes: int) -> int | None:
        """Minutes from a wall-clock start ('2026-03-13 14:00') to the first run after so many minutes."""
        start = datetime.fromisoformat(starts)
        due = self.next_after(start + timedelta(minutes=after_minutes))
        return None if due is None else int((due - start) / timedelta(minutes=1))

    def next_run(self, clock: "Clock", after_minutes: int) -> tuple[int, int] | None:
        """When the next run after so many minutes on the wall is: on the clock and on the wall, in minutes.

        What would be due while the calendar jumps is left out.
        """
        while (due := self.minutes_until(clock.starts, after_minutes)) is not None:
            at_ms = on_the_clock(due * MINUTE, clock.jumps)
            shows = on_the_wall(at_ms, clock.jumps)
            if shows == due * MINUTE:
                return at_ms, due
            if at_ms > clock.limit:
                break
            after_minutes = -(-shows // MINUTE) - 1
        return None

    def _on(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        by_date, by_weekday = day.day in self.days, (day.weekday() + 1) % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_date and by_weekday
        return by_date or by_weekday

    def _from(self, day: datetime) -> datetime | None:
        for hour in self.hours:
            for minute in self.minutes:
                if (hour, minute) >= (day.hour, day.minute):
                    return day.replace(hour=hour, minute=minute)
        return None


def parse(text: str) -> Cron:
    """Read '30 2 * * mon-fri', '*/5 * * * *' and their like; a ValueError says which field is wrong."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{text!r} is no cron line; write five fields, minute hour day month weekday: 0 2 * * *")
    values = [_field(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True)]
    weekdays = tuple(sorted({day % 7 for day in values[4]}))
    minutes, hours, days, months = values[:4]
    return Cron(
        minutes, hours, days, months, weekdays, any_day=fields[2].startswith("*"), any_weekday=fields[4].startswith("*")
    )


def _field(text: str, name: str, low: int, high: int) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, name, low, high, open_ended=bool(step))
        if step and (not step.isdecimal() or not 1 <= len(step) <= 2 or int(step) == 0):
            raise ValueError(f"{part!r} is no {name} of a cron line; a step is a whole number, as in */5")
        found.update(range(first, last + 1, int(step or 1)))
    return tuple(sorted(found))


def _span(text: str, name: str, low: int, high: int, *, open_ended: bool) -> tuple[int, int]:
    if text == "*":
        return low, high
    begin, dash, end = text.partition("-")
    first = _number(begin, name)
    last = _number(end, name) if dash else (high if open_ended else first)
    if not low <= first <= last <= high:
        raise ValueError(f"{text!r} is no {name} of a cron line; it goes from {low} to {high}")
    return first, last


def _number(text: str, name: str) -> int:
    if text.isdecimal() and text.isascii() and len(text) <= 2:
        return int(text)
    words: Sequence[str] = {"month": _MONTHS, "day of the week": _DAYS}.get(name, ())
    if text.lower() in words:
        return words.index(text.lower()) + (name == "month")
    raise ValueError(f"{text!r} is no {name} of a cron line; write a number, * or */5")
