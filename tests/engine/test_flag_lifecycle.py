"""Five Mondays: what becomes of a flag decides who is well, in each week for another reason."""

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.facts import FixReady, RolloutBegan
from sim.scenario.load import load
from tests.worlds import Story, edited, story

PAY = "POST /checkout"


def everybody(now: Story) -> None:
    """The flag is there, and on for all, once gift cards are well."""
    now.at("4m", "create_flag", flag="new_totals")
    now.at("26m", "set_flag", flag="new_totals", percent=100)


def retired(now: Story) -> None:
    """The code no longer asks."""
    now.at("35m", "order", fix="retire-new-totals")
    now.at("50m", "deploy", service="shop", base="v4", add=["retire-new-totals"])


@pytest.mark.parametrize(("percent", "share"), [(10, 0.004), (50, 0.02), (100, 0.04)])
def test_before_v3_gift_cards_fail_for_those_that_have_the_flag(percent: int, share: float) -> None:
    """Four carts in a hundred, of so many users."""
    with story("flag-lifecycle") as now:
        now.at("8m", "create_flag", flag="new_totals", percent=percent)
        tally = now.tally(PAY, "9m", "19m")
        assert tally.errors["PriceMissing"] / tally.total == pytest.approx(share, rel=0.3)


def test_a_deleted_flag_is_put_right_by_making_it_again() -> None:
    """Deleted while v4 asks, all fail on the table that is gone; at 100 % all are well at once."""
    with story("flag-lifecycle") as now:
        everybody(now)
        now.at("50m", "delete_flag", flag="new_totals")
        assert now.tally(PAY, "51m", "53m").errors["42P01"] > 3000
        now.at("53m", "create_flag", flag="new_totals", percent=100)
        assert now.failing(PAY, "54m", "56m") < 0.003


@pytest.mark.parametrize(("percent", "share"), [(100, 0.12), (30, 0.036), (0, 0.0)])
def test_what_is_left_of_the_flag_is_what_the_next_change_of_that_name_gets(percent: int, share: float) -> None:
    """Nobody asks for it for four weeks; then v5 does, which is not ready for one country."""
    with story("flag-lifecycle") as now:
        everybody(now)
        retired(now)
        now.at("60m", "set_flag", flag="new_totals", percent=percent)
        assert now.failing(PAY, "61m", "80m") < 0.003
        tally = now.tally(PAY, "88m", "95m")
        assert tally.errors.get("CarrierUnknown", 0) / tally.total == pytest.approx(share, abs=0.008)


def test_a_release_of_the_story_carries_the_fix_that_serves() -> None:
    """v5 is made of code in which the retirement is; without it, v5 is only what the story says."""
    for fix in (True, False):
        with story("flag-lifecycle") as now:
            everybody(now)
            if fix:
                retired(now)
            now.at("90m")
            last = [one.build for one in now.facts(RolloutBegan) if isinstance(one, RolloutBegan)][-1]
            assert ("retire-new-totals" in last) is fix
            assert "PR-331" in last


def test_a_change_ordered_on_one_monday_is_there_on_the_next() -> None:
    """Two to five days are none of the twenty minutes."""
    with story("flag-lifecycle") as now:
        now.at("35m", "order", fix="retire-new-totals")
        now.at("39m59s")
        assert not now.facts(FixReady)
        now.at("40m")
        assert len(now.facts(FixReady)) == 1
        assert "Monday, 2026-09-21 10:00" in now.session.look("status")


@pytest.mark.parametrize("delete", [True, False])
def test_done_means_that_the_flag_is_gone_and_the_code_no_longer_asks(delete: bool) -> None:
    """All are well either way (nobody is turned on by v5 at 0 %); a flag that is left keeps it open."""
    with story("flag-lifecycle") as now:
        everybody(now)
        retired(now)
        now.at("60m", "set_flag", flag="new_totals", percent=0)
        if delete:
            now.at("61m", "delete_flag", flag="new_totals")
        now.at("90m", "resolve")
        now.at("99m")
        assert now.session.finish().outcome == ("resolved" if delete else "abandoned")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{unless_flag: new_totals}", "{unless_flag: new_total}", "there is no flag 'new_total'"),
        ("flags_gone: [new_totals]", "flags_gone: [newtotals]", "there is no flag 'newtotals'"),
        ("{shop: [retire-new-totals, PR-331]}", "{shop: [retire]}", "there is no change 'retire'"),
        ("{shop: [retire-new-totals, PR-331]}", "{shopp: [PR-331]}", "there is no service 'shopp'"),
    ],
)
def test_a_name_that_is_not_there_is_said_at_its_place(tmp_path: Path, before: str, after: str, said: str) -> None:
    """With the nearest one that is."""
    with pytest.raises(InvalidInput) as error:
        load(edited(tmp_path, "flag-lifecycle", (before, after)))
    assert said in str(error.value)
    assert "did you mean" in str(error.value) or "known here" in str(error.value)
