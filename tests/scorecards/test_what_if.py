"""What somebody wants otherwise is read as they write it, and written as it can be read."""

import re

import pytest

from scorecards.what_if import Drop, Put, read_action, read_what_if, spelt
from sim.catalogue import ACTIONS, make
from sim.errors import InvalidInput

_TWENTY = " ".join(f"w{number}" for number in range(20))


def test_decisions_are_dropped_by_number() -> None:
    """One, or several at once."""
    assert read_what_if("drop 3") == (Drop(3),)
    assert read_what_if("drop 3, 4") == (Drop(3), Drop(4))


def test_another_action_takes_a_place_at_its_time_or_at_another() -> None:
    """By its number; or beside all others, at a time."""
    off = make("set_flag", {"flag": "discount_codes", "percent": 0})
    assert read_what_if("4: set_flag discount_codes 0 @ 6m") == (Put(off, 360_000, 4),)
    assert read_what_if("4: set_flag discount_codes 0") == (Put(off, None, 4),)
    assert read_what_if("add: set_flag percent=0 flag=discount_codes @ 6m30s") == (Put(off, 390_000),)


def test_several_changes_make_one_branch() -> None:
    """Two semicolons stand between them."""
    back = make("roll_back", {"service": "shop", "to": "v2.3.0"})
    assert read_what_if("drop 1 ;; add: roll_back shop to=v2.3.0 @ 8m") == (Drop(1), Put(back, 480_000))


def test_sql_is_the_rest_of_the_line() -> None:
    """Spaces, quotes and semicolons included."""
    sql = "SET lock_timeout = '2s'; ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"
    assert read_what_if(f"2: run_sql {sql} @ 9m") == (Put(make("run_sql", {"sql": sql}), 540_000, 2),)


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("resolve", {}),
        ("deploy", {"service": "shop", "base": "v2.4.0", "add": ["a-fix", "b-fix"]}),
        ("run_sql", {"sql": "DELETE FROM t WHERE a @ 5m"}),
        ("run_sql", {"sql": "SELECT 1;; SELECT 2", "transaction": True}),
        ("post_update", {"text": "It is over: {all} = well", "claim": "resolved"}),
        ("post_update", {"text": "claim=resolved"}),
        ("shift_traffic", {"from": "blue", "to": "green", "percent": 20}),
        ("end_session", {"session": "migration 1"}),
    ],
)
def test_what_is_spelt_out_reads_back(action: str, given: dict[str, object]) -> None:
    """So that what a debrief shows can be pasted into the next question."""
    made = make(action, given)
    assert read_what_if(f"1: {spelt(made)} @ 7m") == (Put(made, 420_000, 1),)
    assert read_what_if(f"1: {spelt(made)}") == (Put(made, None, 1),)
    assert read_what_if(str(Put(made, 420_000))) == (Put(made, 420_000),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no change"),
        ("drop", "no change"),
        ("3 set_flag a 0", "no change"),
        ("3: set_flagg a 0", "unknown action 'set_flagg'"),
        ("3: set_flag a", "set_flag needs `percent:`"),
        ("3: set_flag a 0 7", "set_flag takes no '7' here"),
        ("3: set_flag a lots", "not a whole number"),
        ("3: set_flag a 0 @ noon", "not a duration"),
        ("add: set_flag a 0", "needs a time"),
        ("add: set_flag a 0 @ -6m", "before the start"),
        ("add: look logs @ 6m", "only looks"),
        ("3: set_flag {", "Expecting"),
        ("3: set_flag [1]", "needs"),
    ],
)
def test_what_does_not_fit_is_said(text: str, said: str) -> None:
    """What is wrong, in words, before anything is played."""
    with pytest.raises(InvalidInput, match=said):
        read_what_if(text)


def _said(name: str, words: str) -> str:
    """What is read, or why not."""
    try:
        return spelt(read_action(f"{name} {words}"))
    except ValueError as refusal:
        return str(refusal)


@pytest.mark.parametrize("name", ACTIONS)
def test_a_word_too_many_is_named_rather_than_lost(name: str) -> None:
    """Of any action: the twentieth word is part of a text, or there is no such action on one line."""
    assert re.search(rf"{name} takes no 'w\d+' here|not a whole number|w19", _said(name, _TWENTY))
