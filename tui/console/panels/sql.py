"""SQL on the replica: a text, its answer, the tables, and what was asked before."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import TextArea

from tui.console.panels.panel import Panel
from tui.console.widgets.pane import Pane
from tui.safe_text import safe_text
from tui.views.answers import COLUMNS, schema_rows, table_rows


class Text(TextArea):
    """Some lines to write in. What is pasted passes the door that everything passes."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = safe_text(event.text)
        await super()._on_paste(event)


class Sql(Panel):
    """Reading only: changes go through `act`, where they are previewed."""

    first = "sql-text"

    def __init__(self) -> None:
        super().__init__(id="panel-5", classes="panel")
        self._asked: list[str] = []
        self._at = 0
        self._schema = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical():
                text = Text(id="sql-text", tab_behavior="focus", show_line_numbers=False)
                text.cursor_blink = False
                yield text
                yield Pane("Answer", id="sql-answer", empty="f5 or ctrl+j asks the replica · ctrl+r the query before")
            with Vertical(id="sql-right"):
                yield Pane("Schema", id="sql-schema", chooses=True, empty="reading …")

    def opened(self) -> None:
        """The tables are read when somebody first needs them."""
        if not self._schema:
            self._schema = True
            self._read_schema()

    def again(self) -> None:
        """The tables may have changed."""
        self._read_schema()

    def _read_schema(self) -> None:
        pane = self.pane("sql-schema")
        self.room.look("query", {"sql": COLUMNS}, lambda text: pane.fill(schema_rows(text)))

    @property
    def text(self) -> TextArea:
        """Where the query is written."""
        return self.query_one("#sql-text", Text)

    def run(self) -> None:
        """Ask the replica; the clock runs meanwhile."""
        sql = self.text.text.strip()
        if not sql:
            return
        if sql not in self._asked[-1:]:
            self._asked.append(sql)
        self._at = len(self._asked)
        answer = self.pane("sql-answer")
        answer.entitle("Answer", "asking the replica …")

        def show(text: str) -> None:
            rows = table_rows(text)
            answer.fill(rows)
            answer.entitle("Answer", rows[-1].text.strip("()") if len(rows) > 1 else "")

        self.room.look("query", {"sql": sql}, show)

    def before(self) -> None:
        """The query before."""
        if self._asked:
            self._at = (self._at - 1) % len(self._asked)
            self.text.text = self._asked[self._at]

    def on_pane_chosen(self, event: Pane.Chosen) -> None:
        """A name from the schema goes into the text."""
        event.stop()
        if event.pane.id == "sql-schema":
            self.text.insert(event.row.key)
            self.text.focus()
