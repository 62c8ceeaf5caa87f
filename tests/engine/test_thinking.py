"""Predictions that are settled, hypotheses, hints and answers: production never notices."""

from pathlib import Path
from typing import Any

import pytest

from sim.catalogue import make
from sim.clock import millis
from sim.engine.predictions import direction
from sim.errors import InvalidInput
from sim.facts import Announced, HintTaken, HypothesisHeld, PredictionSettled, QuestionAnswered, Refused
from sim.play import misfits, read_play
from sim.replay import verify
from sim.scenario.load import find, load
from sim.session import Session
from tests.worlds import Story, edited, story

ORDERS = "POST /orders"


def did(now: Story, at: str, action: str, predict: dict[str, Any], **arguments: object) -> None:
    """Do something and say what it will do."""
    now.session.advance(millis(at))
    now.session.act(make(action, arguments), predict)


def settled(now: Story) -> list[tuple[str, str, bool]]:
    """Action, what came, and whether that was predicted."""
    return [(one.action, one.came, one.right) for one in now.facts(PredictionSettled)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "after", "came"),
    [
        pytest.param((0, 1000), (100, 1000), "up", id="none before, a tenth after"),
        pytest.param((150, 1000), (1, 1000), "down", id="healed"),
        pytest.param((150, 1000), (155, 1000), "unchanged", id="half a point more"),
        pytest.param((1500, 10_000), (1640, 10_000), "unchanged", id="within a tenth of itself"),
        pytest.param((1500, 10_000), (1660, 10_000), "up", id="more than a tenth of itself"),
        pytest.param((2, 10), (4, 10), "unchanged", id="what chance would do to ten requests"),
        pytest.param((0, 0), (5, 10), "unchanged", id="nothing to compare with"),
    ],
)
def test_errors_moved_if_it_is_neither_little_nor_chance(
    before: tuple[int, int], after: tuple[int, int], came: str
) -> None:
    """Half a point, a tenth, and three standard deviations are the bounds."""
    assert direction(before, after) == came


def test_a_prediction_is_held_against_what_came_once_the_action_took_hold() -> None:
    """The naive roll-back makes it worse; that is known five minutes after its last instance."""
    with story("not-null-column") as now:
        did(now, "12m", "roll_back", {"errors": "down", "confidence": 80}, service="shop")
        now.at("19m")
        assert settled(now) == []
        now.at("21m")
        assert settled(now) == [("roll_back", "up", False)]
        assert "roll_back: errors up, not down" in now.session.look("hypotheses")


def test_a_prediction_may_name_an_endpoint_and_how_soon() -> None:
    """Another endpoint than the failing one does not change, and a minute is enough to see it."""
    with story("ungated-flag") as now:
        predict = {"errors": "unchanged", "endpoint": "GET /api/products/{id}", "within": "1m"}
        did(now, "9m", "set_flag", predict, flag="discount_codes", percent=0)
        now.at("10m")
        assert settled(now) == [("set_flag", "unchanged", True)]


def test_what_was_refused_is_not_held_against_anybody() -> None:
    """Nothing was done, so nothing came of it."""
    with story("ungated-flag") as now:
        did(now, "9m", "set_flag", {"errors": "down"}, flag="no_such_flag", percent=0)
        now.at("30m")
        assert settled(now) == []


def test_thinking_moves_no_digest() -> None:
    """Predictions, hypotheses, hints and answers: what became true is what would have become true without them."""
    digests = []
    for thinks in (False, True):
        with story("not-null-column", 4) as now:
            if thinks:
                now.at("8m", "hypothesis", says="the app sends no utm_source")
                now.at("8m", "hypothesis", says="")
                now.at("8m", "hint")
                now.at("8m", "answer", question="none", choice=["a"])
            did(now, "12m", "roll_back", {"errors": "down"} if thinks else {}, service="shop")
            now.at("60m")
            assert len(settled(now)) == thinks
            digests.append(now.session.finish().digest)
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    "predict",
    ["{errors: sideways}", "{errors: up, within: soon}", "{errors: up, within: 2h}", "{endpoint: POST /orders}"],
)
def test_what_is_no_prediction_is_said(tmp_path: Path, predict: str) -> None:
    """At its place in the play."""
    step = f"  - {{at: 9m, do: roll_back, service: shop, predict: {predict}}}\n"
    file = tmp_path / "play.yaml"
    file.write_text(f"scenario: not-null-column\nsteps:\n{step}", encoding="utf-8")
    with pytest.raises(InvalidInput, match="this is no prediction"):
        read_play(file)


def test_a_prediction_of_an_endpoint_that_is_not_there_is_said(tmp_path: Path) -> None:
    """With the nearest one that is."""
    step = "  - {at: 9m, do: roll_back, service: shop, predict: {errors: up, endpoint: POST /order}}\n"
    file = tmp_path / "play.yaml"
    file.write_text(f"scenario: not-null-column\nsteps:\n{step}", encoding="utf-8")
    (problem,) = misfits(read_play(file), load(find("not-null-column")).scenario)
    assert "POST /orders" in problem.hint


def test_a_hint_comes_in_three_tiers_and_each_costs_more() -> None:
    """To take the last one again costs nothing."""
    with story("not-null-column") as now:
        key = now.session.loaded.key
        assert key is not None
        about, hints = next(iter(key.hints.items()))
        for minute in range(4):
            assert now.at(f"{8 + minute}m", "hint", about=about) == ()
        taken = [one for one in now.facts(HintTaken) if isinstance(one, HintTaken)]
        assert [one.tier for one in taken] == ["nudge", "direction", "command", "command"]
        prices = [one.price for one in taken]
        assert 0 < prices[0] < prices[1] < prices[2]
        assert prices[3] == 0
        assert hints.nudge in now.session.look("hypotheses")


def test_without_a_key_there_are_no_hints_and_no_questions(tmp_path: Path) -> None:
    """A kind no, and nothing is spent."""
    folder = edited(tmp_path, "not-null-column")
    (folder / "key.yaml").unlink()
    with story(folder) as now:
        refusals = [*now.at("1m", "hint"), *now.at("1m", "answer", question="why", choice=["a"])]
        assert [isinstance(one, Refused) for one in refusals] == [True, True]


def test_a_hint_about_nothing_names_what_there_is() -> None:
    """So that nobody has to guess a name."""
    with story("not-null-column") as now:
        (refused,) = now.at("1m", "hint", about="the weather")
        key = now.session.loaded.key
        assert key is not None
        assert all(name in refused.hint for name in key.hints)


def test_questions_are_answered_after_the_end_too(tmp_path: Path) -> None:
    """And the journal with the answer in it replays to the same."""
    journal = tmp_path / "run.jsonl"
    with Session.open(find("ungated-flag"), 7, journal) as session:
        session.follow(read_play(find("ungated-flag") / "plays" / "expert.yaml"))
        assert session.over
        key = session.loaded.key
        assert key is not None
        name, question = next(iter(key.questions.items()))
        assert session.act(make("answer", {"question": name, "choice": list(question.right)})) == ()
        (refused,) = session.act(make("answer", {"question": name, "choice": ["nonsense"]}))
        assert refused.why == f"'nonsense' is no choice of {name}"
        assert session.act(make("declare", {"severity": "SEV1"}))[0].why == "the run is over"
        result = session.finish()
        facts = [entry.fact for entry in session.journal.entries]
    assert result.outcome == "resolved"
    assert result.resolved_at_ms is not None
    assert [fact.choice for fact in facts if isinstance(fact, QuestionAnswered)] == [question.right]
    assert verify(journal) is None


def test_a_hypothesis_has_one_state_at_a_time() -> None:
    """The last one that was said."""
    with story("not-null-column") as now:
        now.at("8m", "hypothesis", says="the database is slow")
        now.at("9m", "hypothesis", says="the database is slow", state="refuted")
        assert now.session.look("hypotheses") == "refuted: the database is slow"
        assert len(now.facts(HypothesisHeld)) == 2
        assert now.at("9m", "hypothesis", says="x", state="maybe")[0].hint == "known: open, supported, refuted"


def test_what_is_announced_stands_in_the_status() -> None:
    """With the time, beside the severity and the updates."""
    with story("not-null-column") as now:
        now.at("8m", "declare", severity="SEV2")
        now.at("8m", "announce", what="plan", text="Relax the column, then roll back.")
        now.at("9m", "post_update", text="We are on it.", claim="investigating")
        status = now.session.look("status").splitlines()
        assert status[1:3] == ["on the wall it is Friday, 2026-03-13 14:09", "severity: SEV2"]
        assert status[-2:] == [
            "T+08:00 plan: Relax the column, then roll back.",
            "T+09:00 update (investigating): We are on it.",
        ]
        assert len(now.facts(Announced)) == 1
        assert now.at("9m", "announce", what="party", text="x")[0].hint == "known: plan, quiet_hour"


def test_messages_say_when_and_from_whom() -> None:
    """The role stands beside the name."""
    with story("not-null-column") as now:
        now.at("8m")
        assert now.session.look("messages").startswith("T+06:00 support (customer support): Customers write")


def test_an_alert_that_is_not_there_cannot_be_silenced() -> None:
    """The refusal names the ones that are."""
    with story("not-null-column") as now:
        (refused,) = now.at("8m", "silence", alert="disk full")
        assert f"{ORDERS}: error budget burns" in refused.hint
        assert now.at("8m", "silence", alert=ORDERS, **{"for": "0s"})[0].hint == "more than 0s, and a day at most"


def test_an_alert_that_fires_is_silenced_by_its_endpoint_too() -> None:
    """As it is before it fires."""
    with story("not-null-column") as now:
        now.at("15m")
        assert any(alert.startswith(ORDERS) for alert in now.session.engine.world.alerts)
        assert now.at("15m", "silence", alert=ORDERS) == ()
