"""The room where an incident is worked on: the truth on top, panels by digit, keys at the bottom."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tui.console import acting, saying
from tui.console.footer import keys_row
from tui.console.keys import GUIDE, PANELS, ROOM, bindings
from tui.console.memory import LEVELS, Memory
from tui.console.panels.beside import Beside, Changes, Look
from tui.console.panels.logs import Logs
from tui.console.panels.overview import Overview
from tui.console.panels.panel import Panel
from tui.console.panels.people import Comms, Notes
from tui.console.panels.sql import Sql
from tui.console.panels.timeline import Timeline
from tui.console.screens.chooser import Question, Reading
from tui.console.widgets.bar import Bar
from tui.console.widgets.pane import Pane
from tui.views.spans import DIM, HEAD, STRONG, WARN, Row, Span, row, rows_of
from tui.views.symbols import Symbols
from tui.views.truth import truth_bar

if TYPE_CHECKING:
    from tui.console.app import Console
    from tui.views.aim import Aim
    from tui.views.debrief import Asking
    from tui.views.frame import Frame

SEEN_AGAIN_MS = 60_000
SHORT_MS = 1_200_000


class Room(Screen[None]):
    """Owns what is shown; asks the run through the app, and decides nothing about it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(ROOM)
    HELPS = ROOM

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        self.held: int | None = None
        self.number = 1
        self.expected: Mapping[str, Any] | None = None
        self._said: tuple[str, str] = ("", DIM)
        self._seen_ms: dict[str, int] = {}
        self._ended = False

    def compose(self) -> ComposeResult:
        yield Bar(self._truth, id="truth")
        yield Bar(self._tabs, id="tabs")
        for panel in (Overview(), Logs(), Timeline(), Changes(), Sql(), Comms(), Notes(), Look()):
            panel.display = panel.id == "panel-1"
            yield panel
        yield Pane("", id="guide", wraps=True)
        yield Bar(lambda width, symbols: row(" ", self._said), id="said")
        yield Bar(lambda width, symbols: keys_row(self.HELPS, width), id="keys")

    @property
    def console(self) -> "Console":
        """The program this is a screen of."""
        app: Console = self.app  # type: ignore[assignment]
        return app

    @property
    def panel(self) -> Panel:
        """The panel in sight."""
        return self.query_one(f"#panel-{self.number}", Panel)

    def on_mount(self) -> None:
        if self.console.pump is not None:
            self.console.pump.start()
        guide = self.query_one("#guide", Pane)
        guide.can_focus = False
        guide.display = self.console.choice is not None and self.console.choice.mode == "guided"
        guide.fill([row((GUIDE[1], HEAD))])
        self.action_panel(1)
        self.say("the clock runs: look around, then act; ? shows every key")

    def _truth(self, width: int, symbols: Symbols) -> Row:
        if self.memory.frame is None:
            return row((" the first picture is being made", DIM))
        return truth_bar(self.memory.frame.truth, width, symbols, self.held)

    def _tabs(self, width: int, symbols: Symbols) -> Row:
        tight = width < 100
        spans: list[Span] = [(" ", "")]
        for at, name in enumerate(PANELS, 1):
            here = at == self.number
            label = f"[{at}]{name}" if here else f"{at} {name}" if tight else f" {at} {name} "
            spans.append((label, HEAD if here else DIM))
            spans.append((" ", ""))
        scope = self.console.aim.scope
        if width >= 100 and scope:
            spans.append((f"  charts of {scope}", STRONG))
        return row(*spans)

    def take(self, frame: "Frame") -> None:
        """A picture: remember it, and let the panel in sight draw it."""
        if self.memory.frame is None and frame.world.scenario.clock.limit <= SHORT_MS:
            self.action_zoom(-1)
        self.memory.take(frame)
        if self.held is not None:
            self.held += len(frame.lines)
        self.panel.take(frame, held=self.held is not None)
        self.query_one("#truth", Bar).redraw()
        if self.memory.rings and os.environ.get("REHEARSE_BELL") != "0":
            self.app.bell()
        if frame.guidance and frame.truth.mode == "guided":
            self.query_one("#guide", Pane).fill([row((words, HEAD)) for words in frame.guidance[-2:]])
        if frame.over and not self._ended:
            self._ended = True
            self.debrief()

    def say(self, text: str, tone: str = DIM) -> None:
        """One line of answer; it stands until the next."""
        self._said = (text, tone)
        self.query_one("#said", Bar).redraw()

    def look(self, name: str, arguments: Mapping[str, Any], show: Callable[[str], None]) -> None:
        """Read something of the run; that it was read stands in the journal."""
        self.console.ask(acting.reading(name, arguments), show)

    def glance(self) -> None:
        """Before something is decided: what is in sight was looked at, and that is evidence."""
        now = self.memory.frame.now_ms if self.memory.frame else 0
        for what in self.panel.seen:
            if now - self._seen_ms.get(what, -SEEN_AGAIN_MS) >= SEEN_AGAIN_MS:
                self._seen_ms[what] = now
                self.look("look", {"what": what}, lambda _: None)

    def do(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Do something, and say what came of it."""
        self.glance()
        self.console.ask(acting.doing(name, arguments), self.answered)

    def answered(self, answer: tuple[str, str, str]) -> None:
        """What an action came to, in a line; what is long is shown to be read."""
        title, text, tone = answer
        if "\n" in text:
            self.read(title, rows_of(text))
        else:
            self.say(f"{title}: {text}" if text else title, tone)

    def read_mail(self) -> None:
        """What has come in has been read."""
        self.console.ask(acting.read_mail)
        self.glance()

    def aim(self, aim: "Aim") -> None:
        """See something else in the charts."""
        self.console.aim = aim
        if self.console.pump is not None:
            self.console.pump.aim(aim)
        self.query_one("#tabs", Bar).redraw()

    def debrief(self) -> None:
        """The run is over; what it was opens by itself."""
        self.say("it is over; the debrief is being made", WARN)
        self.console.ask(acting.questions, self._close)

    def _close(self, asked: "tuple[Asking, ...]") -> None:
        from tui.console.screens.debrief import Questions

        while self.app.screen is not self:
            self.app.pop_screen()
        asking = Questions(asked)
        self.app.switch_screen(asking)
        if not asked:
            asking.call_later(asking.action_done)

    def read(self, title: str, rows: Sequence[Row], *, wraps: bool = True) -> None:
        """Show something over what one was doing."""
        self.app.push_screen(Reading(title, rows, wraps=wraps))

    def action_panel(self, number: int) -> None:
        """Another panel; its first widget gets the keys."""
        self.panel.display = False
        self.number = number
        panel = self.panel
        panel.display = True
        panel.opened()
        self.query_one("#tabs", Bar).redraw()
        if number in GUIDE and self.number != 1:
            self.query_one("#guide", Pane).fill([row((GUIDE[number], HEAD))])
        if panel.first:
            self.set_focus(self.query_one(f"#{panel.first}"))
        self.glance()

    def action_back(self) -> None:
        """Out of a text first, then to the overview; never out of the room."""
        if isinstance(self.focused, Input | TextArea):
            listed = self.panel.listed()
            (listed or self).focus()
        elif self.number != 1:
            self.action_panel(1)

    def action_hold(self) -> None:
        """The view stands still, and the incident goes on; again, and it follows."""
        self.held = 0 if self.held is None else None
        for pane in self.panel.tails():
            pane.follow(self.held is None)
        if self.held is None:
            self.panel.opened()
        self.query_one("#truth", Bar).redraw()

    def action_filter(self) -> None:
        """Only rows with some text."""
        if (pane := self.panel.listed()) is not None:
            self.app.push_screen(Question(f"Show only, in {pane.title}", typed=pane.filter, changed=pane.narrow))

    def action_level(self) -> None:
        """More or less of the log."""
        at = LEVELS.index(self.memory.level)
        self.memory.level = LEVELS[(at + 1) % len(LEVELS)]
        self.panel.opened()
        self.say(f"log lines from {self.memory.level} on")

    def action_group(self) -> None:
        """Lines that say the same as one."""
        self.memory.grouped = not self.memory.grouped
        self.action_panel(2)

    def action_scope(self) -> None:
        """The charts of another endpoint."""
        from tui.views.aim import aimed

        if self.memory.frame is not None:
            self.aim(aimed(self.console.aim, self.memory.frame.scopes))
            self.say(f"charts of {self.console.aim.scope or 'all endpoints together'}")

    def action_zoom(self, more: int) -> None:
        """More or less of the past."""
        from tui.views.aim import zoomed

        self.aim(zoomed(self.console.aim, more))
        self.say(f"charts of {self.console.aim.span_ms // 60_000} minutes")

    def action_charts(self) -> None:
        """The next four."""
        self.action_panel(1)
        self.query_one(Overview).next_page()

    def action_big(self) -> None:
        """One alone."""
        self.action_panel(1)
        self.query_one(Overview).enlarge()

    def action_again(self) -> None:
        """Look once more."""
        panel = self.panel
        if isinstance(panel, Beside | Sql):
            panel.again()
        else:
            panel.opened()

    def action_hunk(self, by: int) -> None:
        """Through a diff."""
        self.query_one(Changes).hunk(by)

    def action_comms(self) -> None:
        """The messages."""
        self.action_panel(6)

    def action_run_query(self) -> None:
        """Ask the replica."""
        if self.number == 5:
            self.query_one(Sql).run()
        else:
            self.action_panel(5)

    def action_history(self) -> None:
        """The query before."""
        self.query_one(Sql).before()

    def action_watch_query(self) -> None:
        """Keep a query as a chart."""
        saying.watch(self, self.query_one(Sql).text.text.strip())

    def go_to(self, at_ms: int) -> None:
        """Logs at a moment."""
        self.action_panel(2)
        if self.memory.grouped:
            self.action_group()
        logs = self.query_one(Logs)
        logs.pane("log").follow(False)
        lines = [one for one in self.memory.lines if LEVELS.index(one.level) >= LEVELS.index(self.memory.level)]
        at = next((at for at, one in enumerate(lines) if one.at_ms >= at_ms), len(lines))
        logs.pane("log").action_edge(-1)
        logs.pane("log").action_move(at)

    def action_goto(self) -> None:
        """Logs at a time that is typed."""
        saying.goto(self)

    def action_copy(self) -> None:
        """The row under the cursor, for the clipboard."""
        pane = self.panel.listed()
        if pane is not None and pane.shown:
            chosen = pane.chosen or pane.shown[min(pane.top, len(pane.shown) - 1)]
            self.app.copy_to_clipboard(chosen.text.strip())
            self.say("copied; if your terminal does not take it, Y writes it to a file")

    def action_save(self) -> None:
        """What is shown, to a file."""
        if (pane := self.panel.listed()) is not None:
            saying.save(self, pane)

    def action_act(self, name: str = "") -> None:
        """Choose an action, fill it in, look at what it would do, do it."""
        acting.act(self, name)

    def action_predict(self) -> None:
        """Say first what will come of it."""
        acting.predict(self)

    def action_command(self) -> None:
        """The grammar that the plain front end speaks."""
        saying.command(self)

    def action_update(self) -> None:
        """Tell people."""
        acting.act(self, "post_update")

    def action_resolve(self) -> None:
        """Claim that it is over."""
        acting.act(self, "resolve")

    def action_idea(self) -> None:
        """What may be the cause."""
        saying.idea(self)

    def action_note(self) -> None:
        """Something to remember."""
        saying.note(self)

    def action_hint(self) -> None:
        """Help, for a price."""
        saying.hint(self)

    def action_skip(self) -> None:
        """Let time pass until there is news."""
        self.do("skip_to", {})

    def action_pause(self) -> None:
        """Stop the clock, or let it go on."""
        self.console.ask(acting.paused, self.answered)

    def action_faster(self, by: float) -> None:
        """Another speed."""
        self.console.ask(acting.at_speed(by), self.answered)

    def action_why(self) -> None:
        """Why requests fail."""
        pane = self.panel.listed()
        about = pane.chosen.key if pane is not None and pane.chosen is not None and self.number in (1, 2) else ""
        self.look("look", {"what": "logs"}, lambda text: saying.why(self, text, about))

    def action_cancel_task(self) -> None:
        """Stop what is under way."""
        acting.cancel(self)

    def action_details(self) -> None:
        """The briefing again."""
        self.console.ask(acting.briefed, lambda rows: self.read("Briefing", rows))

    def action_leave(self) -> None:
        """It is asked first."""
        saying.leave(self)
