"""A log as it would come in: for each second and cause how many requests failed, and what the system says of itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim import facts as f
from sim.clock import SECOND
from sim.engine.mixes import switched_off
from sim.scenario.build import label
from tui.views.moments import wall

if TYPE_CHECKING:
    from sim.facts import Fact
    from sim.journal import Entry
    from sim.session import Session

LEVELS = ("INFO", "WARN", "ERROR")
LEAP_S, COARSE_S, FINE_S = 120, 30, 2


@dataclass(frozen=True)
class LogLine:
    """One line; `count` requests met it. `template` is the same for lines that say the same."""

    at_ms: int
    clock: str
    level: str
    source: str
    text: str
    count: int = 1

    @property
    def template(self) -> tuple[str, str, str]:
        """What makes two lines one and the same."""
        return self.level, self.source, self.text


class LogLines:
    """Lines since it was last asked, oldest first. A long leap of time is told in coarser pieces."""

    def __init__(self, session: "Session") -> None:
        self._session, self._second, self._seq = session, 0, 0
        self._says: dict[tuple[object, ...], str] = {}

    def more(self) -> list[LogLine]:
        """What was written since."""
        session = self._session
        now_s = session.engine.now_ms // SECOND
        entries = session.journal.entries
        lines = list(self._system(entries[self._seq :]))
        self._seq = len(entries)
        step = COARSE_S if now_s - self._second > LEAP_S else FINE_S
        lines += self._failures(self._second, now_s, step)
        self._second = now_s
        return sorted(lines, key=lambda one: one.at_ms)

    def _clock(self, at_ms: int) -> str:
        return wall(self._session.loaded.scenario, at_ms, seconds=True)

    def _failures(self, start: int, stop: int, step: int) -> Iterator[LogLine]:
        """Halve a stretch until it has no failures, or is short."""
        if start >= stop or not self._session.engine.traffic.tally(None, start, stop).errors:
            return
        if stop - start > step:
            middle = (start + stop) // 2
            yield from self._failures(start, middle, step)
            yield from self._failures(middle, stop, step)
            return
        world, traffic = self._session.engine.world, self._session.engine.traffic
        for service, spec in world.scenario.services.items():
            for endpoint in spec.endpoints:
                for error, count in traffic.tally(endpoint, start, stop).errors.items():
                    text = f"{endpoint} {self._said(service, endpoint, error)}"
                    yield LogLine((stop - 1) * SECOND, self._clock((stop - 1) * SECOND), "ERROR", service, text, count)

    def _said(self, service: str, endpoint: str, error: str) -> str:
        """The error, and what PostgreSQL or the code says with it under one of the builds that serve."""
        engine = self._session.engine
        builds = tuple(slot.build for slot in engine.world.serving[service].slots)
        gone = switched_off(engine.world)
        key = (endpoint, error, builds, engine.lineage.key, gone)
        if key not in self._says:
            said = (
                message
                for build in builds
                for message in engine.mixes.judgements.messages(endpoint, build, engine.lineage, error, gone)
            )
            first = next(iter(said), "")
            self._says[key] = first if first.startswith(error) else f"{error} {first}".strip()
        return self._says[key]

    def _system(self, entries: Sequence["Entry"]) -> Iterator[LogLine]:
        for entry in entries:
            told = _written(entry.fact, lambda build: label(self._session.loaded.scenario, build))
            if told is not None:
                level, source, text = told
                yield LogLine(entry.at_ms, self._clock(entry.at_ms), level, source, text)


def _written(fact: "Fact", name: Callable[[f.Build], str]) -> tuple[str, str, str] | None:
    """What a system writes down of itself; not what only somebody who looks for it would find."""
    match fact:
        case f.InstancesReplaced(service=service, was=was, now=now, count=count):
            return "INFO", service, f"{count} instance stopped {name(was)} and serves {name(now)}"
        case f.InstancesStarted(service=service, build=build, count=count):
            return "INFO", service, f"{count} instance started, {name(build)}"
        case f.InstancesStopped(service=service, build=build, count=count):
            return "WARN", service, f"{count} instance stopped, {name(build)}"
        case f.RolloutHalted(service=service, why=why):
            return "WARN", service, f"roll-out halted: {why}"
        case f.MigrationBegan(migration=migration, direction=direction):
            return "INFO", "migrator", f"{migration} {direction} begins"
        case f.MigrationEnded(migration=migration, direction=direction, sqlstate=sqlstate):
            level = "INFO" if sqlstate is None else "ERROR"
            return level, "migrator", f"{migration} {direction} {'ends' if sqlstate is None else f'fails: {sqlstate}'}"
        case f.StatementRan(session=session, statement=statement, sqlstate=sqlstate, message=message):
            return ("INFO", session, statement) if sqlstate is None else ("ERROR", session, f"{sqlstate} {message}")
        case f.ConnectionsCut(pool=pool):
            return "WARN", pool, "connections were cut"
        case f.JobRan(job=job, total=total, failed=failed) if failed:
            return "ERROR", job, f"{failed} of {total} items failed: {', '.join(sorted(fact.errors))}"
        case f.JobRan(job=job, total=total):
            return "INFO", job, f"{total} items done"
        case f.AlertFired(alert=alert):
            return "WARN", "alerts", alert
        case _:
            return None
