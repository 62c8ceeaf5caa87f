"""Incidents played to their end in the console; what is typed there is what a play writes."""

import asyncio
from pathlib import Path

import pytest

from sim.play import read_play
from sim.replay import verify
from sim.scenario.load import find
from sim.session import Session
from tests.console.driving import Driver, console
from tui.console.app import Choice
from tui.console.screens.chooser import Chooser, Question
from tui.console.screens.debrief import Debriefing, Questions
from tui.console.screens.lobby import Lobby
from tui.console.screens.room import Room


def _digest(scenario: str, play: str) -> str:
    folder = find(scenario)
    steps = read_play(folder / "plays" / f"{play}.yaml")
    with Session.open(folder, steps.seed or 1) as session:
        session.follow(steps)
        return session.finish().digest


@pytest.mark.parametrize("scenario", ["tutorial", "not-null-column", "known-bad-image"])
def test_the_expert_plays_in_the_console(scenario: str, kept: Path) -> None:
    """Typed line by line, the expert's play gives the digest that it gives in one go, and its journal verifies."""
    play = read_play(find(scenario) / "plays" / "expert.yaml")

    async def flow() -> str:
        async with console(Choice(scenario, play.seed or 1, speed=0.0)) as driver:
            await driver.begin()
            await driver.follow(play)
            screen = driver.app.screen
            assert isinstance(screen, Debriefing)
            assert "RESOLVED" in driver.text
            return next(one.text for one in screen._told.result if one.text.startswith("digest "))

    assert asyncio.run(flow()) == f"digest {_digest(scenario, 'expert')}"
    (journal,) = (kept / "runs").iterdir()
    assert verify(journal) is None


def test_the_tutorial_is_played_by_keys_alone() -> None:
    """From the lobby to the debrief and back: skip, look, roll back from the palette with a prediction, resolve."""

    async def flow() -> None:
        async with console() as driver:
            await _through(driver)

    asyncio.run(flow())


async def _through(driver: Driver) -> None:
    await driver.until(lambda: bool(driver.app.screen.query_one("#lobby").rows))  # type: ignore[attr-defined]
    for _ in range(3):
        await driver.press("less_than_sign")
    await driver.press("enter")
    await driver.begin()
    while "1 unread" not in driver.text:
        await driver.press("n")
        await driver.settled()
    assert "VoucherException" in driver.text
    for key, words in (("4", "PR-12"), ("6", "voucher"), ("3", "DEPLOY"), ("2", "ERROR"), ("8", "metrics")):
        await driver.press(key)
        await driver.settled()
        await driver.until(lambda words=words: words in driver.text)  # type: ignore[misc]
    await driver.press("a")
    await driver.on(Chooser)
    await driver.press(*"roll_b", "enter")  # roll_back
    await driver.press("enter")  # shop
    await driver.until(lambda: "4 instances, about 40s to v1.0" in driver.text)
    await driver.press("down", "enter")  # predict first
    await driver.press("enter", "down", "down", "down", "enter")  # down, 80 %
    await driver.press("enter")  # do it now
    await driver.on(Room)
    await driver.settled()
    assert "roll_back shop" in driver.said
    await driver.command("wait 3m")
    await driver.press("f10", "enter")
    await driver.on(Room)
    await driver.settled()
    while not isinstance(driver.app.screen, Questions):
        await driver.press("n")
        await driver.settled()
    await driver.press("down", "enter")
    await driver.until(lambda: "[x]" in driver.text)
    assert "right" not in driver.text
    await driver.press("escape")
    await driver.on(Debriefing)
    assert "RESOLVED" in driver.text
    for key, words in (("2", "of 100: passed"), ("3", "roll_back shop"), ("4", "because:"), ("6", "root cause")):
        await driver.press(key)
        await driver.until(lambda words=words: words in driver.text)  # type: ignore[misc]
    await driver.press("7")
    await driver.until(lambda: "as it was" in driver.text)
    await driver.press("escape")
    await driver.on(Lobby)
    await driver.until(lambda: "resolved T+" in driver.text)


def test_what_takes_something_away_wants_its_target_typed() -> None:
    """A way back that drops a column is not one key away; escape leaves everything as it is."""

    async def flow() -> None:
        async with console(Choice("not-null-column", 7, speed=0.0)) as driver:
            await driver.begin()
            await driver.press("a")
            await driver.on(Chooser)
            await driver.press(*"migrate_down", "enter", "enter", "enter")
            await driver.on(Question)
            await driver.until(lambda: "cannot be undone" in driver.text)
            await driver.press("enter")
            assert isinstance(driver.app.screen, Question)
            await driver.press("escape")
            await driver.on(Room)
            await driver.settled()
            world = driver.room.memory.frame.world  # type: ignore[union-attr]
            assert world.migrations["0042_order_metadata"] == "applied"

    asyncio.run(flow())


def test_a_run_that_was_left_goes_on_where_it_was(kept: Path) -> None:
    """To the lobby and back by one key: the same moment, the same timeline."""

    async def flow() -> None:
        async with console(Choice("tutorial", 7, speed=0.0)) as driver:
            await driver.begin()
            await driver.command("wait 2m")
            await driver.command("declare SEV2")
            before = driver.room.memory.frame
            await driver.press("q", "down", "enter")
            await driver.on(Lobby)
            driver.app.join()
            await driver.until(lambda: "r resumes" in driver.text)
            await driver.press("greater_than_sign", "r")
            await driver.begin()
            after = driver.room.memory.frame
            assert before is not None
            assert after is not None
            assert after.now_ms >= before.now_ms
            await driver.until(lambda: "SEV2" in driver.text)

    asyncio.run(flow())


def test_an_exam_has_no_pause_and_no_hints() -> None:
    """What the mode forbids is said, and nothing happens."""

    async def flow() -> None:
        async with console(Choice("tutorial", 7, mode="exam", speed=0.0)) as driver:
            await driver.begin()
            await driver.press("full_stop")
            await driver.settled()
            assert "exam" in driver.said
            await driver.command("hint")
            assert "no hints in an exam" in driver.said

    asyncio.run(flow())
