"""A console in a terminal that is not there: keys go in, and what stands on the screen comes out as text."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from sim.play import Play
from tui.console.app import Choice, Console
from tui.console.screens.briefing import Briefing
from tui.console.screens.chooser import Chooser, Question
from tui.console.screens.debrief import Debriefing
from tui.console.screens.lobby import Lobby
from tui.console.screens.room import Room
from tui.grammar import written
from tui.views.symbols import BRAILLE, Symbols

PATIENCE_S = 60.0
_CHARACTERS = {"colon": ":", "slash": "/", "space": " ", "full_stop": ".", "question_mark": "?"}


class Driver:
    """One console and the hands on its keys."""

    def __init__(self, app: Console, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Keys, one after the other; each is taken in before the next, and nobody waits for an idle processor."""
        for key in keys:
            named = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            self.app._driver.send_message(events.Key(named, key if len(key) == 1 else _CHARACTERS.get(key)))
            await self.drawn()

    async def drawn(self) -> None:
        """Wait until every widget has taken in what was sent to it."""
        for _ in range(2):
            await asyncio.sleep(0)
            await self.pilot._wait_for_screen()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for the worker to say something that makes this true."""
        end = monotonic() + PATIENCE_S
        while not holds():
            assert monotonic() < end, self.text
            await asyncio.sleep(0.005)

    async def on(self, kind: type) -> None:
        """Wait for a screen."""
        await self.until(lambda: isinstance(self.app.screen, kind))
        await self.drawn()

    async def settled(self) -> None:
        """Wait until everything that was asked of the run so far is answered, and its picture is drawn."""
        done: list[object] = []
        self.app.ask(lambda live, observer: True, done.append)
        await self.until(lambda: bool(done))
        now: list[int] = []
        self.app.ask(lambda live, observer: (live.now_ms, len(live.session.journal.entries)), now.append)
        await self.until(lambda: bool(now))
        for _ in range(10):
            before = self.text
            await self.drawn()
            await asyncio.sleep(0.03)
            if self.text == before:
                break

    async def type(self, text: str) -> None:
        """Words into the field that is open."""
        field = self.app.screen.query_one(Input)
        field.value = text
        field.cursor_position = len(text)
        await self.drawn()

    async def command(self, line: str) -> None:
        """A line after a colon; what asks for its target by name is given it."""
        await self.press("colon")
        await self.on(Chooser)
        await self.type(line)
        await self.press("enter")
        await self.drawn()
        if isinstance(self.app.screen, Question):
            await self.type(self.app.screen._wanted)
            await self.press("enter")
        await self.settled()
        while not isinstance(self.app.screen, Room | Debriefing):
            await self.press("escape")
            await self.settled()

    async def begin(self) -> None:
        """From the briefing into the room."""
        await self.on(Briefing)
        await self.press("enter")
        await self.on(Room)
        await self.settled()
        await self.until(lambda: self.room.memory.frame is not None)

    async def follow(self, play: Play) -> None:
        """Carry out a play, line by line, and let the story run to its end."""
        at_ms = self.room.memory.frame.now_ms  # type: ignore[union-attr]
        for step in play.steps:
            if step.at_ms > at_ms:
                await self.command(f"wait {step.at_ms - at_ms}ms")
                at_ms = step.at_ms
            if step.predict is not None:
                said = " ".join(f"{name}={value}" for name, value in step.predict.items())
                await self.command(f"predict {said}")
            await self.command(written(step.action))
        if not isinstance(self.app.screen, Debriefing):
            await self.command("finish")
        await self.on(Debriefing)

    @property
    def room(self) -> Room:
        """The room, under whatever box is open."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, Room))

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return screen_text(self.app)

    @property
    def said(self) -> str:
        """The line of answer."""
        return self.room._said[0]


def screen_text(app: Console) -> str:
    """What is drawn, of a box only itself; the one place that knows how Textual keeps it."""
    strips = app.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip) for strip in strips]
    for box in app.screen.query("#box"):
        left, top, wide, high = box.region
        lines = [line[left : left + wide] for line in lines[top : top + high]]
    return "\n".join(line.rstrip() for line in lines) + "\n"


@asynccontextmanager
async def console(
    choice: Choice | None = None, *, size: tuple[int, int] = (120, 40), symbols: Symbols = BRAILLE
) -> AsyncIterator[Driver]:
    """A console of this size; its run is let go of at the end."""
    app = Console(choice, symbols=symbols)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        await driver.on(Lobby if choice is None else Briefing)
        yield driver
        app.drop()
    app.join()
