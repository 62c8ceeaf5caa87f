"""The one worker: it drives the run, answers what is asked of it in order, and posts pictures of what is true.

Nothing here touches a widget, and nothing on the screen touches the run.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message

if TYPE_CHECKING:
    from tui.live import Live
    from tui.views.aim import Aim
    from tui.views.frame import Frame
    from tui.views.observer import Observer
    from tui.views.symbols import Symbols

HERTZ = 4
PATIENCE_S = 5.0


class FromPump(Message):
    """Something that a run says; what a run says that was left is not heard any more."""

    def __init__(self, pump: "Pump") -> None:
        super().__init__()
        self.pump = pump


class Begun(FromPump):
    """The run stands at its first moment."""


class Pictured(FromPump):
    """There is a new picture."""

    def __init__(self, pump: "Pump", frame: "Frame") -> None:
        super().__init__(pump)
        self.frame = frame


class Answered(FromPump):
    """What was asked has an answer; `then` takes it, where the state is."""

    def __init__(self, pump: "Pump", answer: object, then: Callable[[Any], None]) -> None:
        super().__init__(pump)
        self.answer, self.then = answer, then


class Broke(FromPump):
    """The run cannot go on."""

    def __init__(self, pump: "Pump", error: Exception) -> None:
        super().__init__(pump)
        self.error = error


@contextmanager
def calm() -> Iterator[None]:
    """Put whole garbage collections off: one that walks through all of the simulator stops the screen for 100 ms."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@dataclass(frozen=True)
class Asked:
    """Something to do with the run, and who takes its answer."""

    work: "Callable[[Live, Observer], object]"
    then: Callable[[Any], None] | None


class Pump:
    """Owns the run for as long as it lasts; `begin` makes it, in the worker."""

    def __init__(self, app: App[None], begin: "Callable[[], Live]", symbols: "Symbols") -> None:
        self._app, self._begin, self._symbols = app, begin, symbols
        self._wanted: SimpleQueue[Asked | None] = SimpleQueue()
        self._taken = Event()
        self._taken.set()
        self._aim: Aim | None = None
        self._started = False
        self._thread = Thread(target=self._run, name="pump", daemon=True)
        self._thread.start()

    def ask(self, work: "Callable[[Live, Observer], object]", then: Callable[[Any], None] | None = None) -> None:
        """Have something done with the run, after what was asked before; its answer comes back as a message."""
        self._wanted.put(Asked(work, then))

    def aim(self, aim: "Aim") -> None:
        """Look at something else from the next picture on."""
        self._aim = aim
        self.ask(lambda live, observer: None)

    def start(self) -> None:
        """The trainee has read the briefing: time passes from now on."""

        def go(live: "Live", _: "Observer") -> None:
            live.tick(monotonic())
            live.paused, self._started = False, True

        self.ask(go)

    def took(self) -> None:
        """The last picture is on the screen; there may be another."""
        self._taken.set()

    def stop(self) -> None:
        """Let go of the run, soon."""
        self._wanted.put(None)

    def join(self) -> None:
        """Wait until it has let go, as long as is reasonable."""
        self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        try:
            from tui.views.observer import Observer

            live = self._begin()
            try:
                live.paused = True
                self._post(Begun(self))
                with calm():
                    self._go_on(live, Observer(live.session, self._symbols))
            finally:
                live.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the screen has to be told
            self._post(Broke(self, error))

    def _go_on(self, live: "Live", observer: "Observer") -> None:
        shown: object = None
        due = monotonic()
        while True:
            asked, still = self._next(due - monotonic())
            if asked is None and not still:
                return
            live.tick(monotonic())
            while asked is not None:
                answer = asked.work(live, observer)
                if asked.then is not None:
                    self._post(Answered(self, answer, asked.then))
                asked, still = self._next(0)
                if asked is None and not still:
                    return
            shown = self._picture(live, observer, shown)
            due = monotonic() + 1 / HERTZ

    def _next(self, wait_s: float) -> tuple[Asked | None, bool]:
        """What is asked next, and whether to go on at all."""
        try:
            asked = self._wanted.get(timeout=wait_s) if wait_s > 0 else self._wanted.get_nowait()
        except Empty:
            return None, True
        return asked, asked is not None

    def _picture(self, live: "Live", observer: "Observer", shown: object) -> object:
        """Post a picture, if anything has moved since the last one and that is on the screen."""
        from tui.views.aim import Aim, Pace

        aim = self._aim or Aim()
        pace = Pace(live.mode.value, live.speed, live.paused)
        now = (live.session.now_ms, len(live.session.journal.entries), aim, pace, observer.unread)
        if now == shown or not self._started or not self._taken.is_set():
            return shown
        self._taken.clear()
        self._post(Pictured(self, observer.frame(aim, pace)))
        return now

    def _post(self, message: Message) -> None:
        self._app.post_message(message)
