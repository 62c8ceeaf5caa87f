"""Simulated time: whole milliseconds, so that ten tenths of a second are one second."""

import re
from datetime import datetime, timedelta
from typing import NewType

Millis = NewType("Millis", int)

SECOND = Millis(1_000)
MINUTE = Millis(60_000)
HOUR = Millis(3_600_000)
DAY = Millis(86_400_000)

_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_PART = re.compile(r"(\d+)(ms|s|m|h|d)")
_WHOLE = re.compile(r"-?(?:\d+(?:ms|s|m|h|d))+")
LONGEST_MS = Millis(400 * DAY)

Jumps = tuple[tuple[Millis, Millis], ...]
"""Moments of the clock, in order, at which the calendar on the wall goes ahead by so much."""


def millis(text: str) -> Millis:
    """Read '250ms', '90s', '1h30m' or '-12h' as whole milliseconds."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration; write it like 250ms, 90s, 5m or 1h30m")
    total = sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(text))
    if total > LONGEST_MS:
        raise ValueError(f"{text!r} is longer than 400 days")
    return Millis(-total if text.startswith("-") else total)


def spell(span_ms: int) -> str:
    """Write a duration the way `millis` reads it: 5_400_000 is '1h30m'."""
    if span_ms == 0:
        return "0s"
    left, parts = abs(span_ms), []
    for unit in ("d", "h", "m", "s", "ms"):
        count, left = divmod(left, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if span_ms < 0 else "") + "".join(parts)


def show(at_ms: int) -> str:
    """Write a moment as people read it on the wall: 'T+01:30', 'T+1:05:00'."""
    sign, seconds = ("-" if at_ms < 0 else "+"), abs(at_ms) // SECOND
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    return f"T{sign}{clock}"


def on_the_wall(at_ms: int, jumps: Jumps) -> int:
    """How much time has passed on the wall at a moment of the clock; at a jump, the jump included."""
    return at_ms + sum(jump for moment, jump in jumps if moment <= at_ms)


def on_the_clock(wall_ms: int, jumps: Jumps) -> int:
    """The first moment of the clock at which so much time has passed on the wall."""
    passed = 0
    for moment, jump in jumps:
        if wall_ms - passed < moment:
            break
        if wall_ms - passed < moment + jump:
            return moment
        passed += jump
    return wall_ms - passed


def later(at_ms: int, span_ms: int, jumps: Jumps) -> int:
    """The moment of the clock at which a span that people live through is over: across a jump it goes by the wall."""
    return on_the_clock(on_the_wall(at_ms, jumps) + span_ms, jumps)


def next_time(starts: str, at_ms: int, time: str, jumps: Jumps = ()) -> Millis:
    """The first moment of the clock from `at_ms` on at which the wall shows a time like '02:00', or just went past."""
    begun, wall_ms = datetime.fromisoformat(starts), on_the_wall(at_ms, jumps)
    hour, minute = (int(part) for part in time.split(":"))
    today = (begun + timedelta(milliseconds=wall_ms)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    ahead_ms = int((today - begun) / timedelta(milliseconds=1))
    return Millis(on_the_clock(ahead_ms if ahead_ms >= wall_ms else ahead_ms + DAY, jumps))


def time_of_day(starts: str, wall_ms: int) -> str:
    """What the clock on the wall shows when so much time has passed on it: '23:45'."""
    return (datetime.fromisoformat(starts) + timedelta(milliseconds=wall_ms)).strftime("%H:%M")
