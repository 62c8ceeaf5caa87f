"""What there is to rehearse, and how it went before."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.views.spans import DIM, OK, STRONG, WARN, Row, row

FINISHED, LEFT = ".jsonl", ".jsonl.part"
MOST_RUNS = 500
TAIL = 50_000
"""Where in a journal its end is looked for."""


@dataclass(frozen=True)
class Past:
    """A run that was sealed or left."""

    path: Path
    scenario: str
    outcome: str
    resolved_at_ms: int | None


@dataclass(frozen=True)
class Offer:
    """A scenario as the lobby shows it."""

    id: str
    title: str
    difficulty: str
    limit_ms: int
    teaches: tuple[str, ...]
    best: str = ""
    last: str = ""


def offers(runs: Path | None) -> list[Offer]:
    """The scenarios that came along, with one's own best and last run of each."""
    from sim.scenario.load import catalogue, load

    played: dict[str, list[Past]] = {}
    for one in past(runs) if runs is not None else ():
        played.setdefault(one.scenario, []).append(one)
    found = []
    for name, folder in catalogue().items():
        scenario = load(folder).scenario
        mine = [one for one in played.get(name, ()) if one.outcome]
        found.append(
            Offer(name, scenario.title, scenario.difficulty, scenario.clock.limit, tuple(scenario.teaches),
                  _best(mine), _told(mine[-1]) if mine else "")
        )  # fmt: skip
    return found


def past(runs: Path) -> list[Past]:
    """The runs of a folder, the oldest first; what cannot be read is passed over."""
    try:
        files = [one for one in runs.iterdir() if one.name.endswith((FINISHED, LEFT))]
        files.sort(key=lambda one: one.stat().st_mtime)
    except OSError:
        return []
    return [one for path in files[-MOST_RUNS:] if (one := _read(path)) is not None]


def _read(path: Path) -> Past | None:
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline(10_000))
            file.seek(max(0, path.stat().st_size - TAIL))
            lines = file.read().splitlines()
        last = json.loads(lines[-1])
        ended: dict[str, Any] = next((json.loads(one) for one in reversed(lines) if b'"fact":"Ended"' in one), {})
        return Past(path, str(head["scenario"]), str(last.get("outcome", "")), ended.get("resolved_at_ms"))
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _told(one: Past) -> str:
    from sim.clock import show

    when = f" {show(one.resolved_at_ms)}" if isinstance(one.resolved_at_ms, int) else ""
    return f"{one.outcome.replace('_', ' ')}{when}"


def _best(mine: list[Past]) -> str:
    done = [one for one in mine if one.outcome == "resolved" and isinstance(one.resolved_at_ms, int)]
    return _told(min(done, key=lambda one: one.resolved_at_ms or 0)) if done else ""


def offered(one: Offer) -> Row:
    """A scenario in one line."""
    minutes = -(-one.limit_ms // 60_000)
    tone = OK if one.last.startswith("resolved") else WARN
    return row((f"{one.id:<24} ", STRONG), (f"{one.difficulty:<9} {minutes:>4} min  ", DIM), f"{one.title:<38} ",
               (one.last, tone), key=one.id)  # fmt: skip


def told(one: Offer, speed: float) -> tuple[Row, ...]:
    """The scenario under the cursor."""
    minutes = one.limit_ms // 60_000
    real = f", {minutes / speed:.0f} real ones at {speed:g}x" if speed else ""
    return (
        row((one.title, STRONG)),
        row(("teaches  ", DIM), ", ".join(one.teaches)),
        row(("takes    ", DIM), f"at most {minutes} simulated minutes{real}"),
        row(("best     ", DIM), one.best or "–", ("   last  ", DIM), one.last or "not played yet"),
    )  # fmt: skip
