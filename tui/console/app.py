"""The console as a program: which terminal it is in, which screens there are, and how it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.css.query import NoMatches

from tui.console.keys import EVERYWHERE, bindings
from tui.console.pump import Answered, Begun, Broke, Pictured, Pump
from tui.console.themes import DARK, THEMES
from tui.views.aim import Aim
from tui.views.symbols import Symbols, symbols_for

if TYPE_CHECKING:
    from tui.live import Live

SMALLEST = (80, 24)
ROOM = (
    "tui.live", "tui.views.observer", "tui.views.briefing", "tui.console.screens.room", "tui.console.screens.debrief",
    "tui.completion", "tui.views.preview", "tui.views.errors", "tui.views.sentences",
)  # fmt: skip
_IMPORTING = Lock()


def prepared(*modules: str) -> None:
    """Import what will be needed, in a worker: the screen never waits for it, and no two threads do it at once."""
    with _IMPORTING:
        for module in modules:
            import_module(module)


@dataclass(frozen=True)
class Choice:
    """What is played: which scenario and seed, in which mode, how fast; or the file of a run that was left."""

    scenario: str = ""
    seed: int = 1
    mode: str = "drill"
    speed: float = 6.0
    resume: str | None = None


class Console(App[None]):
    """Screens come and go; the pump is the run that is on, if there is one."""

    CSS_PATH = "console.tcss"
    TITLE = "Rollback Rehearsal"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]

    def __init__(self, choice: Choice | None = None, *, symbols: Symbols | None = None) -> None:
        super().__init__()
        self.choice = choice
        self.symbols = symbols or symbols_for(os.environ, getattr(sys.__stdout__, "encoding", "") or "")
        self.pump: Pump | None = None
        self._left: list[Pump] = []
        self.aim = Aim()
        self.ended_with: BaseException | None = None

    def on_mount(self) -> None:
        """The first picture comes before anything heavy is imported."""
        self.set_class(self.symbols.plot == "ascii", "-ascii")
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = os.environ.get("TEXTUAL_THEME") or DARK.name
        with suppress(NotImplementedError, RuntimeError, ValueError):  # in another thread, whoever runs us ends us
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        from tui.console.screens.lobby import Lobby

        self.push_screen(Lobby())
        if self.choice is not None:
            self.brief(self.choice)

    def _terminated(self) -> None:
        self.ended_with = SystemExit(128 + signal.SIGTERM)
        self.exit()

    def brief(self, choice: Choice) -> None:
        """Show what happened, while the run is made ready beside it."""
        from tui.console.screens.briefing import Briefing

        self.drop()
        self.choice = choice
        self.pump = Pump(self, lambda: begin(choice), self.symbols)
        self.push_screen(Briefing(choice))

    def drop(self) -> None:
        """Let go of the run that is on; what was not ended can be resumed."""
        if self.pump is not None:
            pump, self.pump, self.choice = self.pump, None, None
            pump.stop()
            self._left.append(pump)

    def join(self) -> None:
        """Wait until every run has been let go of."""
        self.drop()
        for pump in self._left:
            pump.join()

    def ask(self, work: Callable[[Any, Any], object], then: Callable[[Any], None] | None = None) -> None:
        """Have something done with the run."""
        if self.pump is not None:
            self.pump.ask(work, then)

    def on_answered(self, message: Answered) -> None:
        """Whoever asked takes it; a screen that was left meanwhile no longer does."""
        if message.pump is self.pump:
            with suppress(NoMatches):
                message.then(message.answer)

    def on_begun(self, message: Begun) -> None:
        """The briefing may be left now."""
        for screen in self.screen_stack if message.pump is self.pump else ():
            if (ready := getattr(screen, "ready", None)) is not None:
                ready()

    def on_pictured(self, message: Pictured) -> None:
        """The room draws it; then there may be another."""
        for screen in self.screen_stack if message.pump is self.pump else ():
            if (take := getattr(screen, "take", None)) is not None:
                take(message.frame)
        message.pump.took()

    def on_broke(self, message: Broke) -> None:
        """The run cannot go on: say so where errors are said."""
        if message.pump is self.pump:
            self.ended_with = message.error
            self.exit()

    def _fatal_error(self) -> None:
        """A bug of ours: the terminal is put in order first, and the error is told by whoever called us."""
        self._close_messages_no_wait()

    def on_resize(self, event: events.Resize) -> None:
        """A window that is too small says so, and nothing is drawn broken."""
        from tui.console.screens.small import TooSmall

        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall(SMALLEST))
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def action_theme(self) -> None:
        """The next palette."""
        names = [*(theme.name for theme in THEMES), "ansi-dark"]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def action_keys(self) -> None:
        """Everything that can be done here."""
        from tui.console.help import show_keys

        show_keys(self)


def begin(choice: Choice) -> "Live":
    """The run that was chosen, at its first moment."""
    from time import monotonic

    prepared(*ROOM)
    from tui.live import Live, Mode, meant

    if choice.resume is not None:
        return Live.resume(meant(choice.resume), speed=choice.speed, now=monotonic())
    return Live.start(choice.scenario, choice.seed, mode=Mode(choice.mode), speed=choice.speed, now=monotonic())


def start(
    scenario: str | None, *, mode: str = "drill", speed: float | None = None, seed: int | None = None,
    resume: str | None = None,
) -> int:  # fmt: skip
    """What `rehearse play` does in a terminal: the lobby, or straight to a briefing."""
    choice = Choice(scenario or "", 1 if seed is None else seed, mode, 6.0 if speed is None else speed, resume)
    play(choice if scenario is not None or resume is not None else None)
    return 0


def play(choice: Choice | None) -> None:
    """Run the console until somebody leaves it; what went wrong is raised when the terminal is in order again."""
    switch = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    app = Console(choice)
    try:
        app.run(mouse=os.environ.get("REHEARSE_MOUSE", "1") != "0")
    finally:
        sys.setswitchinterval(switch)
        app.join()
    error = app.ended_with or app._exception  # noqa: SLF001 - the one place where Textual keeps it
    if error is not None:
        raise error
