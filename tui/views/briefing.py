"""What somebody is told before the clock starts: what happened, and what done means."""

import re
from typing import TYPE_CHECKING

from tui.views.sentences import done_line
from tui.views.spans import HEAD, STRONG, Row, Span, row

if TYPE_CHECKING:
    from sim.scenario.load import Loaded

_BOLD = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")


def briefing(loaded: "Loaded") -> tuple[Row, ...]:
    """The briefing as rows, and under it what is held against the run."""
    return (*prose(loaded.briefing), row(""), row((done_line(loaded.scenario), STRONG)))


def prose(markdown: str) -> tuple[Row, ...]:
    """Headings, paragraphs and lists of a page, without its marks."""
    rows, paragraph = list[Row](), list[str]()

    def flush() -> None:
        if paragraph:
            rows.append(row(*_toned(" ".join(paragraph))))
            paragraph.clear()

    for line in markdown.splitlines():
        words = line.strip()
        if not words:
            flush()
            rows.append(row(""))
        elif words.startswith("#"):
            flush()
            rows.append(row((words.lstrip("# "), HEAD)))
        elif re.match(r"(\d+\.|[-*]) ", words):
            flush()
            paragraph.append(f"  {words}")
        else:
            paragraph.append(words)
    flush()
    return tuple(rows)


def _toned(text: str) -> list[Span]:
    spans, at = list[Span](), 0
    for hit in _BOLD.finditer(text):
        spans += [(text[at : hit.start()], ""), (hit[1] or hit[2], STRONG)]
        at = hit.end()
    return [*spans, (text[at:], "")]
