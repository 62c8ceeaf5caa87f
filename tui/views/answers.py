"""What probes, diffs and queries answer, as rows."""

from inspect import getdoc
from typing import TYPE_CHECKING

from tui.safe_text import safe_line, safe_text
from tui.views.spans import ADDED, DIM, ERR, GONE, HEAD, OK, PLAIN, STRONG, WARN, Row, row

if TYPE_CHECKING:
    from sim.world import World

CELL_MAX = 60


def probes() -> tuple[Row, ...]:
    """Everything that can be looked at; a key is its name."""
    from sim.probes.catalogue import PROBES

    return tuple(row((f"{name:<14}", STRONG), (_first(getdoc(read)), DIM), key=name) for name, read in PROBES.items())


def _first(doc: str | None) -> str:
    return (doc or "").split("\n")[0]


def changes(world: "World") -> tuple[Row, ...]:
    """The changelog, and every change and fix by name and title."""
    scenario = world.scenario
    rows = [row(("changelog", HEAD), key="changelog")]
    for release, names in scenario.releases.items():
        rows.append(row((release, STRONG), (f"  {len(names)} changes" if names else "  the base", DIM)))
        rows += [row(f"  {name} ", (scenario.changes[name].title, DIM), key=name) for name in names
                 if name in scenario.changes]  # fmt: skip
    rows += [row(f"  {name} ", (f"fix: {fix.title}", DIM), key=name) for name, fix in scenario.fixes.items()]
    return tuple(rows)


def change_rows(text: str) -> tuple[Row, ...]:
    """The changelog: releases and changes stand out, what the tool ran does too."""
    return tuple(_changed(line) for line in safe_text(text).split("\n"))


def _changed(line: str) -> Row:
    if line.startswith("  the tool ran:"):
        return row((line, WARN))
    return row((line, DIM if line.startswith("  ") else PLAIN))


def diff_rows(text: str) -> tuple[Row, ...]:
    """A unified diff: the sign at the beginning says it, the tone says it again."""
    return tuple(_diffed(line) for line in safe_text(text, 200_000).split("\n"))


def _diffed(line: str) -> Row:
    if line.startswith("@@"):
        return row((line, HEAD), key="hunk")
    if line.startswith(("+++", "---", "diff ", "index ")):
        return row((line, STRONG))
    if line.startswith("+"):
        return row((line, ADDED))
    if line.startswith("-"):
        return row((line, GONE))
    return row(line)


def probe_rows(text: str) -> tuple[Row, ...]:
    """What a probe answers: errors stand out."""
    return tuple(_probed(line) for line in safe_text(text).split("\n"))


def _probed(line: str) -> Row:
    if line.startswith("refused: "):
        return row((line, WARN))
    return row((line, ERR if line.startswith("ERROR") else PLAIN))


def table_rows(text: str) -> tuple[Row, ...]:
    """Rows of a query in columns; where cells hold the bar that stands between them, as the replica wrote them."""
    if text.startswith("refused: "):
        return (row((text, ERR)),)
    *lines, count = safe_text(text, 400_000).split("\n")
    cells = [line.split(" | ") for line in lines]
    wide = len(cells[0]) if cells else 0
    if not cells or any(len(one) != wide for one in cells):
        return (*(row(line) for line in lines), row((count, DIM)))
    widths = [min(CELL_MAX, max(len(one[at]) for one in cells)) for at in range(wide)]
    drawn = ["  ".join(safe_line(one[at], CELL_MAX).ljust(widths[at]) for at in range(wide)).rstrip() for one in cells]
    return (row((drawn[0], HEAD)), *(row(line) for line in drawn[1:]), row((count, DIM)))


def schema_rows(text: str) -> tuple[Row, ...]:
    """The answer to a question for columns, as a tree of tables."""
    rows, table = list[Row](), ""
    for line in safe_text(text).split("\n")[1:-1]:
        name, _, rest = line.partition(" | ")
        column, _, kind = rest.partition(" | ")
        if name != table:
            table = name
            rows.append(row((name, STRONG), key=name))
        rows.append(row(f"  {column} ", (kind, DIM), key=column))
    return tuple(rows) or (row((text, WARN if text.startswith("refused") else OK)),)


COLUMNS = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
)
