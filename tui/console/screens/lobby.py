"""Where one chooses what to rehearse, how fast, and with how much help."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tui.console.app import Choice, prepared
from tui.console.footer import keys_row
from tui.console.keys import LOBBY, bindings
from tui.console.screens.chooser import Question
from tui.console.widgets.bar import Bar
from tui.console.widgets.pane import Pane
from tui.views.spans import DIM, STRONG, WARN, Row, row
from tui.views.symbols import Symbols

if TYPE_CHECKING:
    from tui.views.lobby import Offer

MODES = ("guided", "drill", "exam")
SPEEDS = (1.0, 2.0, 4.0, 6.0, 10.0, 20.0, 60.0)
WHAT_MODES_MEAN = {
    "guided": "explains what is on the screen; hints, pause",
    "drill": "hints have a price; the clock can be paused",
    "exam": "no hints, no pause",
}


class Lobby(Screen[None]):
    """The scenarios, in the order in which they are best met."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(LOBBY)
    HELPS = LOBBY

    def __init__(self) -> None:
        super().__init__()
        self._offers: dict[str, Offer] = {}
        self._mode, self._speed, self._seed = 1, 3, 0
        self._left = ""

    def compose(self) -> ComposeResult:
        yield Bar(self._truth, id="truth")
        yield Pane("Scenarios", id="lobby", chooses=True, empty="reading the scenarios …")
        yield Pane("About", id="lobby-about", wraps=True, empty="enter starts with the briefing")
        yield Bar(lambda width, symbols: keys_row(self.HELPS, width), id="keys")

    def on_mount(self) -> None:
        self.query_one("#lobby", Pane).focus()

    def on_screen_resume(self) -> None:
        """Whenever it comes into sight, but not under a briefing that was asked for at once."""
        if self.app.choice is None:  # type: ignore[attr-defined]
            self.call_after_refresh(self._read)

    @work(thread=True, exclusive=True)
    def _read(self) -> None:
        """Beside the first picture, which does not wait for it."""
        prepared("sim.scenario.load", "tui.views.lobby")
        from tui.views.lobby import offers

        if not self._offers:
            self.app.call_from_thread(self._fill, offers(None), "")
        prepared("tui.live")
        from tui.live import runs, unfinished

        try:
            folder, left = runs(), unfinished()
        except OSError:
            folder, left = None, []
        self.app.call_from_thread(self._fill, offers(folder), str(left[0]) if left else "")

    def _fill(self, offers: "list[Offer]", left: str) -> None:
        from tui.views.lobby import offered

        self._offers, self._left = {one.id: one for one in offers}, left
        pane = self.query_one("#lobby", Pane)
        pane.fill([offered(one) for one in offers], keep=True)
        pane.entitle("Scenarios", "r resumes the run you left" if left else "")
        self._tell()

    def _truth(self, width: int, symbols: Symbols) -> Row:
        mode = MODES[self._mode]
        seed = f"seed {self._seed}" if self._seed else "a new seed"
        return row((" Rollback Rehearsal  ", STRONG), (f"{mode}: {WHAT_MODES_MEAN[mode]}", WARN),
                   (f"  {SPEEDS[self._speed]:g}x  {seed}", DIM))  # fmt: skip

    @on(Pane.Moved)
    def _tell(self) -> None:
        from tui.views.lobby import told

        chosen = self.query_one("#lobby", Pane).chosen
        about = self.query_one("#lobby-about", Pane)
        about.fill(told(self._offers[chosen.key], SPEEDS[self._speed]) if chosen else ())
        self.query_one("#truth", Bar).redraw()

    @on(Pane.Chosen, "#lobby")
    def _start(self, event: Pane.Chosen) -> None:
        from secrets import randbelow

        seed = self._seed or 1 + randbelow(9_999)
        self.app.brief(Choice(event.row.key, seed, MODES[self._mode], SPEEDS[self._speed]))  # type: ignore[attr-defined]

    def action_mode(self) -> None:
        """More or less help."""
        self._mode = (self._mode + 1) % len(MODES)
        self._tell()

    def action_faster(self, by: int) -> None:
        """Another speed."""
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + by))
        self._tell()

    def action_seed(self) -> None:
        """One of the possible incidents."""

        def take(typed: str | None) -> None:
            if typed is not None and typed.isascii() and typed.isdigit() and len(typed) < 19:
                self._seed = int(typed)
                self._tell()

        self.app.push_screen(Question("Seed: the same number is the same incident; 0 is a new one each time"), take)

    def action_filter(self) -> None:
        """Fewer rows."""
        pane = self.query_one("#lobby", Pane)
        self.app.push_screen(Question("Show only", typed=pane.filter, changed=pane.narrow))

    def action_resume(self) -> None:
        """Go on with what was left."""
        if self._left:
            self.app.brief(Choice(resume=self._left, speed=SPEEDS[self._speed]))  # type: ignore[attr-defined]

    def action_leave(self) -> None:
        """Nothing is lost here."""
        self.app.exit()
