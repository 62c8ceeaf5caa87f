"""What stands on the screen, whole: plain text at three sizes, in braille and in letters alone."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.console.driving import console
from tui.console.app import Choice
from tui.views.symbols import ASCII, BLOCK, BRAILLE, Symbols

GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(80, 24), (120, 40), (190, 44)]


async def _screens(size: tuple[int, int], symbols: Symbols) -> dict[str, str]:
    """One incident up to its first complaint, panel by panel; time passes only when it is told to."""
    shown: dict[str, str] = {}
    async with console(Choice("tutorial", 7, speed=0.0), size=size, symbols=symbols) as driver:
        await driver.until(lambda: "the clock starts" in driver.text and "Three minutes" in driver.text)
        shown["briefing"] = driver.text
        await driver.begin()
        await driver.command("wait 130s")
        for number, name in enumerate(("overview", "logs", "timeline", "changes", "sql", "comms", "notes", "look"), 1):
            await driver.press(f"alt+{number}")
            await driver.settled()
            await driver.settled()
            shown[name] = driver.text
        await driver.press("alt+1")
        await driver.press("a", *"roll_back", "enter", "enter")
        await driver.settled()
        shown["act"] = driver.text
        await driver.press("escape", "question_mark")
        await driver.settled()
        shown["keys"] = driver.text
    return shown


def _check(name: str, shown: str) -> None:
    file = GOLDENS / f"{name}.txt"
    if os.environ.get("REHEARSE_GOLDENS") == "write":
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8"), f"{name}: REHEARSE_GOLDENS=write writes it anew"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_panel_looks_as_it_did(size: tuple[int, int]) -> None:
    """Nothing is cut that matters, nothing overlaps; whoever changes a screen sees what it becomes."""
    for name, shown in asyncio.run(_screens(size, BRAILLE)).items():
        _check(f"{name}-{size[0]}x{size[1]}", shown)
        assert max(len(line) for line in shown.splitlines()) <= size[0]


def test_letters_are_enough() -> None:
    """Where a terminal has nothing but ASCII, nothing else is sent, and every panel still says what it says."""
    for name, shown in asyncio.run(_screens((80, 24), ASCII)).items():
        assert shown.isascii(), name
        if name == "overview":
            _check("overview-ascii", shown)


def test_blocks_do_without_braille() -> None:
    """For fonts that draw braille as boxes."""
    shown = asyncio.run(_screens((80, 24), BLOCK))["overview"]
    assert not any(0x2800 <= ord(one) <= 0x28FF for one in shown)
    assert "▁" in shown or "▂" in shown


def test_a_window_that_is_too_small_says_so() -> None:
    """Never a broken layout: one line with the size that it needs, and back again when it has it."""

    async def flow() -> None:
        async with console(Choice("tutorial", 7, speed=0.0)) as driver:
            await driver.begin()
            await driver.pilot.resize_terminal(72, 20)
            await driver.drawn()
            assert "needs 80×24 (now 72×20)" in driver.text
            await driver.pilot.resize_terminal(100, 30)
            await driver.drawn()
            assert "Overview" in driver.text

    asyncio.run(flow())
