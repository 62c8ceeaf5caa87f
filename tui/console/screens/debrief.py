"""What the run was: charts with every decision on them, what came out, what happened, and questions."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from tui.console import acting
from tui.console.app import Choice
from tui.console.footer import keys_row
from tui.console.keys import DEBRIEF, bindings
from tui.console.screens.chooser import Question
from tui.console.widgets.bar import Bar
from tui.console.widgets.line_chart import LineChart
from tui.console.widgets.pane import Pane
from tui.views.debrief import Asking, Debrief, exported, question_rows, questions
from tui.views.spans import DIM, ERR, HEAD, OK, STRONG, Row, Span, row
from tui.views.symbols import Symbols

if TYPE_CHECKING:
    from tui.console.app import Console

PARTS = ("Result", "Timeline", "Questions", "Thoughts", "Truth")


class Debriefing(Screen[None]):
    """Parts by digit; the two charts that matter most stay above them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DEBRIEF)
    HELPS = DEBRIEF

    def __init__(self, told: Debrief) -> None:
        super().__init__()
        self._told, self._part, self._asked = told, 0, told.questions
        self._words = ""

    @property
    def console(self) -> "Console":
        """The program this is a screen of."""
        app: Console = self.app  # type: ignore[assignment]
        return app

    def compose(self) -> ComposeResult:
        yield Bar(self._head, id="truth")
        with Container(id="charts", classes="two"):
            for at in range(2):
                yield LineChart(id=f"chart-{at}")
        yield Bar(self._tabs, id="tabs")
        yield Pane("", id="part", wraps=True)
        yield Pane("", id="ask", chooses=True)
        yield Bar(lambda width, symbols: row((f" {self._words or 'journal: ' + self._told.journal}", DIM)), id="said")
        yield Bar(lambda width, symbols: keys_row(self.HELPS, width), id="keys")

    def on_mount(self) -> None:
        for at, chart in enumerate(self._told.charts[:2]):
            self.query_one(f"#chart-{at}", LineChart).show(chart)
        self.action_part(0)

    def _head(self, width: int, symbols: Symbols) -> Row:
        told = self._told
        tone = OK if told.outcome == "resolved" else ERR
        return row((" Debrief  ", STRONG), (told.outcome.replace("_", " ").upper(), tone),
                   (f"  {told.scenario}, seed {told.seed}, {told.mode}", DIM))  # fmt: skip

    def _tabs(self, width: int, symbols: Symbols) -> Row:
        spans: list[Span] = [(" ", "")]
        for at, name in enumerate(PARTS):
            here = at == self._part
            spans.append((f"[{at + 1}] {name} " if here else f" {at + 1} {name}  ", HEAD if here else DIM))
        return row(*spans)

    def action_part(self, part: int) -> None:
        """One of them."""
        self._part = part
        told = self._told
        text, ask = self.query_one("#part", Pane), self.query_one("#ask", Pane)
        ask.display, text.display = part == 2, part != 2
        if part == 2:
            ask.empty = "this scenario has no questions"
            ask.fill(question_rows(self._asked), keep=True)
            ask.focus()
        else:
            text.fill((told.result, told.timeline, (), told.thoughts, told.truth)[part])
            text.focus()
        self.query_one("#tabs", Bar).redraw()

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """An answer; it is written to the journal as long as the run is at hand."""
        event.stop()
        question, _, choice = event.row.key.partition("/")
        if choice:
            arguments = {"question": question, "choice": [choice]}
            self.console.ask(acting.doing("answer", arguments))
            self.console.ask(lambda live, _: questions(live.session), self._answered)

    def _answered(self, asked: tuple[Asking, ...]) -> None:
        self._asked = asked
        self.query_one("#ask", Pane).fill(question_rows(asked), keep=True)

    def _say(self, words: str) -> None:
        self._words = words
        self.query_one("#said", Bar).redraw()

    def action_retry(self) -> None:
        """Another seed of the same scenario."""
        told = self._told
        self.console.pop_screen()
        self.console.brief(Choice(told.scenario, told.seed + 1, told.mode, told.speed))

    def action_export(self) -> None:
        """All of it, to a new file."""

        def take(name: str | None) -> None:
            if name:
                from pathlib import Path

                try:
                    with Path(name).open("x", encoding="utf-8") as file:
                        file.write(exported(self._told))
                except OSError as problem:
                    self._say(f"{name}: {problem.strerror}")
                else:
                    self._say(f"written: {name}")

        self.app.push_screen(Question("Write the debrief to which file?", typed=f"{self._told.scenario}.md"), take)

    def action_commitment(self) -> None:
        """One sentence to take home."""

        def take(words: str | None) -> None:
            if words:
                self._say(words)

        self.app.push_screen(Question("When …, I will …", typed="When "), take)

    def action_leave(self) -> None:
        """Back to the lobby; the run is kept."""
        self.console.drop()
        self.app.pop_screen()
