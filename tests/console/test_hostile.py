"""What others wrote cannot do anything to a terminal or to the console: no control byte, no markup, no crash."""

import ast
import asyncio
from pathlib import Path

import pytest

from tests.console.driving import console
from tests.shape.tree import modules, name_of, tree
from tests.worlds import edited
from tui.console.app import Choice
from tui.console.screens.chooser import Reading
from tui.console.widgets.pane import Pane
from tui.views import answers, spans
from tui.views.briefing import prose
from tui.views.log_lines import LogLine
from tui.views.symbols import ASCII, BRAILLE

HOSTILE = [
    "\x1b]0;owned\x07 title", "\x9b31m red", "[/] [ERROR] [$error]x[/]", "[@click=app.quit]press[/]",
    "a\x00b\x7fc\x08d",
    "\u202eright to left\u202c", "\u200bhidden\u2060", "\ud800 alone", "[link=file:///etc]x[/link]", "\r\x1b[2J\x1b[H",
]  # fmt: skip
_ALLOWED_WIDGETS = {"Input", "TextArea"}
_MARKUP = {"notify", "border_title", "border_subtitle", "tooltip"}


def _harmless(text: str) -> bool:
    return all(one == "\n" or (ord(one) >= 0x20 and not 0x7F <= ord(one) < 0xA0 and one != "\u202e") for one in text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_row_is_harmless_whatever_it_is_made_of(text: str) -> None:
    """Every view makes its rows by one function, and what comes out of it is visible and has no power."""
    made = [
        spans.row(text, (text, spans.ERR)), *spans.rows_of(text), *answers.diff_rows(f"+{text}"), *prose(f"# {text}"),
        *answers.change_rows(text), *answers.probe_rows(text), *answers.table_rows(f"a | b\n{text} | 1\n(1 rows)"),
        *answers.schema_rows(f"h\n{text} | {text} | int\n(1 rows)"),
    ]  # fmt: skip
    for one in made:
        assert _harmless(one.text)
        assert all(len(line.text) <= 20 for line in spans.wrapped([one], 20))
        assert ASCII.fit(one.text).isascii()
        assert BRAILLE.fit(one.text) == one.text


def test_every_panel_withstands_a_hostile_scenario(tmp_path: Path) -> None:
    """Titles, messages, errors, authors and SQL of somebody who means harm: shown, and nothing happens."""
    evil = "[/] [ERROR] [$error] [@click=app.quit]x[/]"
    folder = edited(
        tmp_path, "tutorial",
        ("title: Three minutes on call", f'title: "{evil}"'),
        ("title: A friendlier page for orders", f'title: "{evil}"'),
        ('raises: "VoucherException: no text left after the last digit"', f'raises: "{evil}"'),
        ('text: "Some people cannot', f'text: "{evil} cannot'),
    )  # fmt: skip

    async def flow() -> list[str]:
        shown = []
        async with console(Choice(str(folder), 7, speed=0.0)) as driver:
            await driver.begin()
            await driver.command("wait 130s")
            for number in range(1, 9):
                await driver.press(f"alt+{number}")
                await driver.settled()
                await driver.settled()
                shown.append(driver.text)
            await driver.press("x")
            await driver.on(Reading)
            shown.append(driver.text)
            await driver.press("escape")
            await driver.press("colon")
            await driver.type("query SELECT '\x1b]0;owned [/] [@click=app.quit]' AS \"[/]\"")
            await driver.press("enter")
            await driver.on(Reading)
            shown.append(driver.text)
            await driver.press("escape")
            await driver.command("post_update [/][$error] \u202e")
            shown.append(driver.text)
            await driver.command("finish")
            await driver.until(lambda: "Debrief" in driver.text)
            shown.append(driver.text)
        return shown

    shown = asyncio.run(flow())
    assert all(_harmless(text) for text in shown)
    assert "[@click=app.quit]" in shown[0] + shown[1]
    assert "␛]0;owned" in shown[9]


def test_what_is_pasted_passes_the_same_door() -> None:
    """A field takes the text, and not its control characters."""
    from textual import events

    async def flow() -> str:
        async with console(Choice("tutorial", 7, speed=0.0)) as driver:
            await driver.begin()
            await driver.press("colon")
            await driver.drawn()
            field = driver.app.screen.query_one("#typed")
            field.post_message(events.Paste("note \x1b]0;x\x07 hi\nthere"))
            await driver.drawn()
            return str(getattr(field, "value", ""))

    pasted = asyncio.run(flow())
    assert _harmless(pasted)
    assert "hi there" in pasted


def test_a_log_line_of_a_thousand_words_is_one_row() -> None:
    """Length is no way out either."""
    long = LogLine(0, "00:00", "ERROR", "x", "y" * 100_000)
    from tui.console.memory import log_row

    assert len(log_row(long).text) < 2_100


def test_nothing_in_the_console_reads_markup() -> None:
    """Text is drawn as rows. Widgets that parse markup, and properties that do, are not used at all."""
    found = []
    for path in modules("tui"):
        if not name_of(path).startswith("tui/console/"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual.widgets"):
                found += [f"{name_of(path)}: {one.name}" for one in node.names if one.name not in _ALLOWED_WIDGETS]
            if isinstance(node, ast.Attribute) and node.attr in _MARKUP:
                found.append(f"{name_of(path)}:{node.lineno} {node.attr}")
    assert not found


def test_a_pane_keeps_its_place_while_lines_come_in() -> None:
    """Held: nothing moves, and what is missed is counted; followed: the end is in sight."""

    async def flow() -> tuple[int, int, str]:
        async with console(Choice("tutorial", 7, speed=0.0)) as driver:
            await driver.begin()
            pane = driver.app.screen.query_one("#below-log", Pane)
            pane.add([spans.row(f"line {number}") for number in range(100)])
            await driver.press("space")
            top = pane.top
            pane.add([spans.row("one more")])
            return top, pane.top, driver.app.screen.query_one("#below-log", Pane)._head(80).text

    before, after, head = asyncio.run(flow())
    assert before == after
    assert "HELD +1" in head
