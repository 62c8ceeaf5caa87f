"""One registry of keys: bindings, footer, help and the page say the same."""

import pytest
from textual.app import App
from textual.screen import Screen

from tests.console.keys_page import PAGE, TABLES, written
from tui.console.app import Console
from tui.console.footer import keys_row
from tui.console.help import rows
from tui.console.keys import DEBRIEF, EVERYWHERE, GUIDE, LOBBY, PANELS, QUESTIONS, ROOM, Key, bindings
from tui.console.screens.debrief import Debriefing, Questions
from tui.console.screens.lobby import Lobby
from tui.console.screens.room import Room

PLACES = [(Console, EVERYWHERE), (Lobby, LOBBY), (Room, ROOM), (Debriefing, DEBRIEF), (Questions, QUESTIONS)]
_TAKEN = {"ctrl+w", "ctrl+t", "ctrl+n", "ctrl+s", "ctrl+k", "ctrl+d", "ctrl+question_mark", "ctrl+enter"}


@pytest.mark.parametrize(("place", "keys"), PLACES, ids=lambda one: getattr(one, "__name__", ""))
def test_every_key_calls_something_that_is_there(place: type[App[None] | Screen[None]], keys: tuple[Key, ...]) -> None:
    """No key of the registry leads nowhere."""
    missing = [key.action for key in keys if not hasattr(place, f"action_{key.action.partition('(')[0]}")]
    assert missing in ([], ["choose"])  # the list under the questions has that one itself


@pytest.mark.parametrize(("place", "keys"), PLACES, ids=lambda one: getattr(one, "__name__", ""))
def test_no_key_means_two_things(place: type, keys: tuple[Key, ...]) -> None:
    """Nor does one belong to a browser, or to a terminal's own shortcuts."""
    pressed = [one for key in keys for one in key.keys.split(",")]
    assert len(pressed) == len(set(pressed))
    assert not _TAKEN & set(pressed)
    assert len(bindings(keys)) == len(keys)


def test_escape_never_leaves_a_run_and_leaving_is_asked() -> None:
    """In the room escape goes back; only q leads out, over a question."""
    assert {key.action for key in ROOM if "escape" in key.keys} == {"back"}
    assert {key.action for key in ROOM if key.keys == "q"} == {"leave"}


@pytest.mark.parametrize("width", [80, 120, 190])
def test_the_footer_always_has_room_for_help(width: int) -> None:
    """However narrow it is; and it is never wider than the window."""
    text = keys_row(ROOM, width).text
    assert text.endswith("? Help")
    assert len(text) <= width


def test_help_has_every_key_and_every_action() -> None:
    """What can be done can be found by typing a word of it."""
    found = rows((*ROOM, *EVERYWHERE), ("roll_back", "set_flag"))
    assert len(found) == len(ROOM) + len(EVERYWHERE) + 2
    assert all(key.says in one.text for key, one in zip((*ROOM, *EVERYWHERE), found, strict=False))


def test_every_panel_is_explained() -> None:
    """Guided mode has a sentence for each."""
    assert sorted(GUIDE) == list(range(1, len(PANELS) + 1))


def test_the_page_says_what_the_registry_says() -> None:
    """`python -m tests.console.keys_page` writes it anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"### {title}\n" in page for title in TABLES)
    assert page == written(page)
