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
from tui.console.keys import QUESTIONS as QUESTIONS_KEYS
from tui.console.screens.chooser import Question
from tui.console.widgets.bar import Bar
from tui.console.widgets.line_chart import LineChart
from tui.console.widgets.pane import Pane
from tui.views.debrief import Asking, Debrief, exported, question_rows, questions, what_if
from tui.views.spans import DIM, ERR, HEAD, OK, STRONG, Row, Span, row
from tui.views.symbols import Symbols

if TYPE_CHECKING:
    from tui.console.app import Console

PARTS = ("Result", "Score", "Timeline", "Questions", "Thoughts", "Truth", "What if")
SCORE, TIMELINE, QUESTIONS, WHAT_IF = 1, 2, 3, 6


class Questions(Screen[None]):
    """What is asked before anything is told; answers stand in the journal, which is sealed afterwards."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(QUESTIONS_KEYS)
    HELPS = QUESTIONS_KEYS

    def __init__(self, asked: tuple[Asking, ...]) -> None:
        super().__init__()
        self._asked, self._left = asked, False

    @property
    def console(self) -> "Console":
        """The program this is a screen of."""
        app: Console = self.app  # type: ignore[assignment]
        return app

    def compose(self) -> ComposeResult:
        yield Bar(
            lambda width, symbols: row((" It is over. Before the debrief tells: what do you think?", STRONG)),
            id="truth",
        )
        yield Pane("Questions", id="ask", chooses=True)
        yield Bar(lambda width, symbols: keys_row(self.HELPS, width), id="keys")

    def on_mount(self) -> None:
        pane = self.query_one("#ask", Pane)
        pane.fill(question_rows(self._asked, reveals=False))
        self.set_focus(pane)

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """An answer, or another one instead."""
        event.stop()
        question, _, choice = event.row.key.partition("/")
        if choice:
            self.console.ask(acting.doing("answer", {"question": question, "choice": [choice]}))
            self.console.ask(lambda live, _: questions(live.session), self._answered)

    def _answered(self, asked: tuple[Asking, ...]) -> None:
        self.query_one("#ask", Pane).fill(question_rows(asked, reveals=False), keep=True)

    def action_done(self) -> None:
        """Seal the run, and tell."""
        if not self._left:
            self._left = True
            self.console.ask(acting.finished, self._tell)

    def _tell(self, told: Debrief) -> None:
        self.app.switch_screen(Debriefing(told))


class Debriefing(Screen[None]):
    """Parts by digit; the two charts that matter most stay above them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(DEBRIEF)
    HELPS = DEBRIEF

    def __init__(self, told: Debrief) -> None:
        super().__init__()
        self._told, self._part = told, 0
        self._words, self._wondered = "", False
        self._otherwise: tuple[Row, ...] = ()

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
        text, choose = self.query_one("#part", Pane), self.query_one("#ask", Pane)
        chooses = part in (SCORE, QUESTIONS)
        choose.display, text.display = chooses, not chooses
        if chooses:
            choose.empty = "this scenario has no questions"
            choose.fill(question_rows(told.questions) if part == QUESTIONS else told.score)
            self.set_focus(choose)
        else:
            parts = (told.result, (), told.timeline, (), told.thoughts, told.truth, self._otherwise)
            text.empty = "playing it without each decision …" if part == WHAT_IF else "nothing here"
            text.fill(parts[part])
            self.set_focus(text)
        if part == WHAT_IF and not self._otherwise and not self._wondered:
            self._wondered = True
            self.console.ask(lambda live, _: what_if(live), self._came)
        self.query_one("#tabs", Bar).redraw()

    def _came(self, rows: tuple[Row, ...]) -> None:
        self._otherwise = rows
        if self._part == WHAT_IF:
            self.query_one("#part", Pane).fill(rows)

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """The moment that a finding rests on."""
        event.stop()
        if self._part == SCORE:
            self._jump(event.row.key)

    def _jump(self, key: str) -> None:
        """The timeline at a moment."""
        if key.isdigit():
            self.action_part(TIMELINE)
            before = [one.key for one in self._told.timeline if one.key.isdigit() and int(one.key) <= int(key)]
            if before:
                self.query_one("#part", Pane).jump(before[-1])

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
