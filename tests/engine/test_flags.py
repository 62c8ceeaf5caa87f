"""A flag's life: code may ask for one that is not there, and a name that is used again finds what was left of it."""

from pathlib import Path

import pytest

from sim.facts import Refused
from tests.worlds import Story, story

HERE = Path(__file__).parent / "breadth"
PAY = "POST /pay"


def shipped(now: Story) -> None:
    """The release whose surcharge fails for a fifth of those that the flag is on for."""
    now.at("6m", "deploy", service="site", release="v3")
    now.at("8m")


def test_a_flag_that_is_deleted_while_code_asks_for_it_is_off_for_everybody() -> None:
    """The code stays as it is; the service's answer is 'off'."""
    with story(HERE, 3) as now:
        shipped(now)
        assert now.failing(PAY, "8m", "12m") == pytest.approx(0.1, abs=0.02)
        now.at("12m", "delete_flag", flag="surcharge")
        assert now.failing(PAY, "12m5s", "16m") == 0
        assert "not in the flag service, so off for everybody, since T+12:00" in now.session.look("flags")


def test_a_flag_that_was_deleted_can_be_made_again() -> None:
    """It starts at the percentage that it is made with, not at the one it had."""
    with story(HERE, 3) as now:
        shipped(now)
        now.at("9m", "delete_flag", flag="surcharge")
        now.at("10m", "create_flag", flag="surcharge", percent=100)
        assert now.failing(PAY, "10m5s", "14m") == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("delete", "share"), [(False, 0.1), (True, 0.0)])
def test_a_stale_flag_bites_the_next_change_that_uses_its_name(delete: bool, share: float) -> None:
    """Nobody asks for it until the release comes whose steps are gated on that name."""
    with story(HERE, 3) as now:
        assert "surcharge: 50 %; asked for by no code that serves" in now.session.look("flags")
        if delete:
            now.at("1m", "delete_flag", flag="surcharge")
        shipped(now)
        assert now.failing(PAY, "8m", "14m") == pytest.approx(share, abs=0.02)
        assert "asked for by POST /pay (v3)" in now.session.look("flags")


@pytest.mark.parametrize(
    ("action", "arguments", "why"),
    [
        ("create_flag", {"flag": "surcharge", "percent": 5}, "there is a flag 'surcharge' already, at 50 %"),
        ("create_flag", {"flag": "not a name"}, "'not a name' is no name for a flag"),
        ("create_flag", {"flag": "other", "percent": 101}, "101 is no percentage"),
        ("delete_flag", {"flag": "other"}, "there is no flag 'other'"),
    ],
)
def test_what_cannot_be_done_to_a_flag_is_refused(action: str, arguments: dict[str, object], why: str) -> None:
    """With the reason, and what could be done instead."""
    with story(HERE, 3) as now:
        (refused,) = now.at("1m", action, **arguments)
        assert isinstance(refused, Refused)
        assert (refused.why, bool(refused.hint)) == (why, True)


def test_the_story_does_not_bring_back_a_flag_that_somebody_deleted(tmp_path: Path) -> None:
    """Somebody who turns a flag up needs the flag to be there."""
    from tests.worlds import edited

    line = "  - when: {silence: 12m}\n"
    folder = edited(tmp_path, "ungated-flag", (line, "  - {at: 9m, set_flag: {discount_codes: 50}}\n" + line))
    with story(folder) as now:
        now.at("2m", "delete_flag", flag="discount_codes")
        now.at("10m")
        assert dict(now.session.engine.world.flags) == {}
