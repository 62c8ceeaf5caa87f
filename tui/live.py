"""A run in progress as a front end drives it: the clock, the modes, what is new, and a journal that outlives a crash.

Nothing here draws. Real time comes in from outside, so that a test can say what it is; a front end that is late makes
the simulation late, and never skips a second of it.
"""

import fcntl
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sim.actions.answer import Answer
from sim.actions.base import Action
from sim.actions.hint import Hint
from sim.actions.skip_to import SkipTo
from sim.clock import SECOND, spell
from sim.errors import InvalidInput, Mark, Problem, nearest
from sim.facts import Refused
from sim.journal import Entry
from sim.result import Result
from sim.scenario.load import find
from sim.session import Session

SPEED, FASTEST = 6.0, 60.0
LATEST_S = 1.0
"""A tick that comes later than this counts as one that came so late: a laptop that slept has not lost the incident."""
PART = ".part"
TALK = ("declare", "page", "post_update", "announce", "silence")
"""What moves no errors, so that no prediction is meant for it."""


class Mode(StrEnum):
    """How much help there is: all of it, in passing; on request and with a clock that stops; none."""

    GUIDED = "guided"
    DRILL = "drill"
    EXAM = "exam"


class NotNow(Exception):
    """What cannot be done in this mode or at this moment: why, and what can."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(f"{why}; {hint}" if hint else why)
        self.why, self.hint = why, hint


@dataclass(frozen=True)
class Answered:
    """What came of an action: what was read, and what was refused."""

    text: str = ""
    refused: tuple[Refused, ...] = ()


class Live:
    """A session with a clock. `tick` lets time pass; nothing else does but `wait` and actions that say so."""

    def __init__(
        self,
        session: Session,
        path: Path | None = None,
        *,
        mode: Mode = Mode.DRILL,
        speed: float = SPEED,
        now: float = 0.0,
    ) -> None:
        self.session, self.mode, self.path = session, mode, path
        self.speed, self.paused = _speed(speed), False
        self.expected: Mapping[str, Any] | None = None
        self._last_s, self._owed_ms, self._told = now, 0.0, 0
        if session.journal.file is not None:
            fcntl.lockf(session.journal.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        session.advance(max(session.now_ms, session.loaded.scenario.clock.handover))

    @classmethod
    def start(
        cls,
        scenario: str,
        seed: int,
        *,
        mode: Mode = Mode.DRILL,
        speed: float = SPEED,
        now: float = 0.0,
        progress: Callable[[str], None] | None = None,
    ) -> Self:
        """A new run, at the moment at which the trainee takes over; its journal is in the user's data folder."""
        place, path = find(scenario), _new(scenario, seed)
        session = Session.open(place, seed, path, progress, about={"mode": mode.value})
        return cls(session, path, mode=mode, speed=speed, now=now)

    @classmethod
    def resume(
        cls,
        path: Path,
        *,
        folder: Path | None = None,
        speed: float = SPEED,
        now: float = 0.0,
        progress: Callable[[str], None] | None = None,
    ) -> Self:
        """A run that was left or that crashed: carried out again up to the end of its journal, which goes on."""
        from sim.resume import resume

        _free(path)
        session = resume(path, folder, progress)
        return cls(session, path, mode=Mode(session.journal.head.get("mode", Mode.DRILL)), speed=speed, now=now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def now_ms(self) -> int:
        """Where the simulated clock stands."""
        return self.session.now_ms

    @property
    def over(self) -> bool:
        """Whether the story has come to its end; questions may still be answered."""
        return self.session.over or self.now_ms >= self.session.limit_ms

    @property
    def running(self) -> bool:
        """Whether time passes by itself."""
        return self.speed > 0 and not self.paused and not self.over

    @property
    def sells_hints(self) -> bool:
        """Whether a hint can be had; in an exam only where the answer key says so."""
        key = self.session.loaded.key
        return self.mode is not Mode.EXAM or (key is not None and key.exam_hints)

    def tick(self, now: float) -> None:
        """Let as much time pass as has passed outside, times the speed."""
        late_s = min(max(0.0, now - self._last_s), LATEST_S)
        self._last_s = now
        if self.running:
            self._owed_ms += late_s * self.speed * SECOND
            whole_ms = int(self._owed_ms)
            self._owed_ms -= whole_ms
            self.session.advance(self.now_ms + whole_ms)

    def wait(self, span_ms: int) -> None:
        """Let so much time pass at once, up to the end of the story; the journal says that somebody waited."""
        self.do(SkipTo(to=spell(min(self.now_ms + span_ms, self.session.limit_ms))))

    def to_the_end(self) -> None:
        """Let the story run to its own end."""
        self.session.advance(self.session.limit_ms)

    def pause(self) -> None:
        """Stop the clock, which an exam does not."""
        if self.mode is Mode.EXAM:
            raise NotNow(
                "the clock of an exam does not stop", "`quit` leaves it; it stands still while nobody is there"
            )
        self.paused = True

    def go(self) -> None:
        """Let the clock run again."""
        self.paused = False

    def at_speed(self, speed: float) -> None:
        """So many simulated seconds for each real one; 0 lets time pass only when somebody says so."""
        if self.mode is Mode.EXAM:
            raise NotNow("the speed of an exam was said at its start")
        self.speed = _speed(speed)

    def predict(self, effects: Mapping[str, Any]) -> None:
        """Keep what is expected of the next action that changes something."""
        known = [name for one in self.session.loaded.scenario.services.values() for name in one.endpoints]
        if "endpoint" in effects and effects["endpoint"] not in known:
            hint = nearest(str(effects["endpoint"]), known, f"known: {', '.join(known)}")
            raise NotNow(f"there is no endpoint {str(effects['endpoint'])!r}", hint)
        self.expected = dict(effects)

    def do(self, action: Action) -> Answered:
        """Do something now, with what was predicted of it."""
        if self.over and not isinstance(action, Answer):
            raise NotNow("the incident is over", "what is left are the questions, and the debrief")
        if isinstance(action, Hint) and not self.sells_hints:
            raise NotNow("there are no hints in an exam", "`look` around: what you see is what there is")
        if action.looks:
            return Answered(text=self.session.read(action))
        if action.thinks:
            return Answered(refused=self.session.act(action))
        if action.name in TALK:
            return Answered(refused=self.session.act(action))
        refused = self.session.act(action, dict(self.expected) if self.expected else None)
        if not refused:
            self.expected = None
        return Answered(refused=refused)

    @property
    def untold(self) -> tuple[Entry, ...]:
        """What `fresh` would give."""
        return tuple(self.session.journal.entries[self._told :])

    def fresh(self) -> tuple[Entry, ...]:
        """What stands in the journal since this was last asked."""
        entries = self.untold
        self._told += len(entries)
        return entries

    def finish(self) -> Result:
        """End the run where it stands; its journal is sealed, and no longer goes by the name of a part."""
        result = self.session.finish()
        if self.path is not None and self.path.suffix == PART:
            sealed = self.path.with_suffix("")
            if self.path.exists():
                self.path.replace(sealed)
            self.path = sealed
        return result

    def close(self) -> None:
        """Leave the run as it is; if it has not ended, it can be resumed."""
        self.session.close()


def runs() -> Path:
    """Where the journals of this user are kept."""
    data = os.environ.get("REHEARSE_DATA") or Path(
        os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share", "rollback-rehearsal"
    )
    folder = Path(data) / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def unfinished() -> list[Path]:
    """The runs that can be resumed, the last one first."""
    known = [path for path in runs().glob(f"*.jsonl{PART}") if path.stat().st_size]
    return sorted(known, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def meant(run: str) -> Path:
    """The run that is meant: a file, the beginning of a name, or the last one that was left."""
    if run and Path(run).is_file():
        return Path(run)
    known = unfinished()
    if named := [path for path in known if path.name.startswith(run)]:
        return named[0]
    names = [path.name.removesuffix(f".jsonl{PART}") for path in known]
    hint = nearest(run, names, f"these can: {', '.join(names[:5])}" if names else "`rehearse play` starts one")
    raise InvalidInput([Problem(Mark(run or str(runs())), "there is no such run that could be resumed", hint)])


def _new(scenario: str, seed: int) -> Path:
    name = Path(scenario).resolve().name if Path(scenario).exists() else scenario.replace("/", "-")
    stem = f"{name}-{seed}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for number in range(1, 1_000):
        path = runs() / f"{stem}{f'-{number}' if number > 1 else ''}.jsonl{PART}"
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        return path
    raise InvalidInput([Problem(Mark(str(runs())), "too many runs began in this second", "wait for the next")])


def _speed(speed: float) -> float:
    if not 0 <= speed <= FASTEST:
        raise NotNow(f"{speed:g} is no speed", f"0 to {FASTEST:g} simulated seconds for each real one")
    return speed


def _free(path: Path) -> None:
    """Say so if the run is being played somewhere else just now."""
    with path.open("r+", encoding="utf-8") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            problem = Problem(Mark(str(path)), "this run is being played just now", "leave it there first")
            raise InvalidInput([problem]) from None
