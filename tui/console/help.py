"""Every key and every action in one list that can be searched; choosing one does it."""

from typing import TYPE_CHECKING

from tui.console.keys import EVERYWHERE, Key
from tui.console.screens.chooser import Chooser
from tui.views.spans import DIM, STRONG, Row, row

if TYPE_CHECKING:
    from textual.app import App


def rows(keys: tuple[Key, ...], actions: tuple[str, ...]) -> list[Row]:
    """A row for each key, then one for each action of the catalogue."""
    found = [row((f"{one.cap:<7} ", STRONG), one.says, key=f"key {one.action}") for one in keys]
    if actions:
        from tui.views.preview import described

        found += [row(("a       ", DIM), *described(one).spans, key=f"act {one}") for one in actions]
    return found


def show_keys(app: "App[None]") -> None:
    """What works on the screen below."""
    screen = app.screen
    keys: tuple[Key, ...] = (*getattr(screen, "HELPS", ()), *EVERYWHERE)
    acts = getattr(screen, "action_act", None)
    actions: tuple[str, ...] = ()
    if acts is not None:
        from tui.views.preview import deeds

        actions = deeds()
    every = rows(keys, actions)

    def offer(typed: str) -> list[Row]:
        words = typed.lower().split()
        return [one for one in every if all(word in one.text.lower() for word in words)]

    def take(chosen: str | None) -> None:
        kind, _, name = (chosen or "").partition(" ")
        if kind == "act" and acts is not None:
            acts(name)
        elif kind == "key":
            app.call_later(_run, app, screen, name)

    app.push_screen(Chooser("Keys and actions – type to search, enter does it", offer), take)


async def _run(app: "App[None]", screen: object, action: str) -> None:
    target = screen if hasattr(screen, f"action_{action.partition('(')[0]}") else app
    await app.run_action(action, default_namespace=target)  # type: ignore[arg-type]
