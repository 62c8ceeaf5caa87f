"""What decisions were worth, by where the known ways led before and after them; and luck, told apart."""

import json
from collections.abc import Iterator

import pytest

from scorecards.forks import Forks
from scorecards.regret import Luck, Regret, Regrets
from scorecards.ways import EXPERT, Way, known_ways, onward, rest_of
from sim.actions.base import Action
from sim.catalogue import make
from sim.clock import millis
from sim.errors import InvalidInput
from sim.replay import Act
from sim.scenario.load import find, load
from tests.scorecards.recorded import of_play, of_steps

RELAX = "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"


def did(at: str, name: str, **given: object) -> Act:
    return Act(millis(at), make(name, given))


def act(name: str, **given: object) -> Action:
    return make(name, given)


@pytest.fixture(name="naive", scope="module")
def the_naive_roll_back() -> Iterator[Regrets]:
    """One decision, and it is the trap."""
    with Forks(of_play("not-null-column", "trap-naive-rollback")) as forks:
        yield Regrets(forks, others=1)


@pytest.fixture(name="dropped", scope="module")
def the_dropped_column() -> Iterator[Regrets]:
    """Drops the column, rolls back, claims that it is over."""
    with Forks(of_play("not-null-column", "trap-drop-column")) as forks:
        yield Regrets(forks, others=0)


def test_the_known_ways_are_the_experts_and_those_that_the_key_accepts() -> None:
    """Without looks, which change nothing."""
    loaded = load(find("not-null-column"), 7)
    assert loaded.key is not None
    ways = known_ways(loaded)
    assert [way.name for way in ways] == [EXPERT, *(one.play for one in loaded.key.accepted)]
    assert not any(one.action.looks or one.action.thinks for way in ways for one in way.acts)


def test_what_was_done_is_not_done_again() -> None:
    """A statement once, an update in whatever words; a second one of the way is still to come."""
    way = Way(
        EXPERT,
        (
            did("7m", "post_update", text="a"),
            did("9m", "run_sql", sql="A"),
            did("9m", "run_sql", sql="A"),
            did("10m", "resolve"),
        ),
    )
    rest = rest_of(way, [did("8m", "post_update", text="b"), did("12m", "run_sql", sql="A")])
    assert [one.action for one in rest.acts] == [act("run_sql", sql="A"), act("resolve")]
    assert rest.late_ms == millis("3m")


def test_the_rest_of_a_way_keeps_its_distances() -> None:
    """Where its first act is late, or what it builds on came late, all that follows comes later; else at its time."""
    way = Way(
        EXPERT,
        (did("9m", "order", fix="f"), did("10m", "roll_back", service="s"), did("60m", "deploy", service="s")),
    )
    course, late_ms = onward(way, [], millis("5m"))
    assert ([one.at_ms for one in course], late_ms) == ([millis("9m"), millis("10m"), millis("60m")], 0)
    course, late_ms = onward(way, [did("9m", "order", fix="f")], millis("30m"))
    assert [one.at_ms for one in course] == [millis("9m"), millis("30m"), millis("80m")]
    course, late_ms = onward(way, [did("29m", "order", fix="f"), did("30m", "roll_back", service="s")], millis("31m"))
    assert [one.at_ms for one in course[2:]] == [millis("80m")]


def test_the_trap_is_regretted_by_what_came_of_it(naive: Regrets) -> None:
    """Before it every known way was open; it cost more than doing nothing in its place would have."""
    (one,) = naive.regret.judged
    assert len(one.before.open) == len(naive.ways)
    assert one.quality == "harmful"
    assert one.own > 10 * one.before.hurt
    assert one.cost > one.own
    assert one.after.best.reached == naive.forks.base.reached


def test_costs_add_up_to_the_whole_regret(dropped: Regrets) -> None:
    """From the best there was at the first decision to what came: each decision its part, and the time after it."""
    judged = dropped.regret.judged
    whole = dropped.forks.base.reached.hurt - judged[0].before.hurt
    assert sum(one.cost for one in judged) == pytest.approx(whole)


def test_the_decision_that_left_no_way_is_named(dropped: Regrets) -> None:
    """With the column its rows are gone for good: nothing known comes to an end from there."""
    regret = dropped.regret
    assert regret.judged[0].quality == "closed"
    assert regret.closed_by is not None
    assert regret.closed_by.act.action == act("migrate_down", migration="0042_order_metadata")
    assert regret.judged[0].idle.open
    assert regret.judged[0].after.open == ()
    assert regret.judged[0].after.damage > 0


def test_an_expert_has_nothing_to_regret() -> None:
    """Every decision of the expert's own run is sound, and every known way stays open to its end."""
    with Forks(of_play("ungated-flag", "expert")) as forks:
        regret = Regrets(forks, others=1).regret
        assert {one.quality for one in regret.judged} == {"sound"}
        assert regret.closed_by is None
        assert regret.luck.word == "none"
        assert regret.start.hurt == pytest.approx(regret.judged[0].before.hurt)


def test_waiting_is_told_apart_from_harm() -> None:
    """Who orders the fix and waits for it does no harm; meanwhile a roll-back would have spared most."""
    with Forks(of_play("ungated-flag", "alt-null-check")) as forks:
        judged = Regrets(forks, others=0).regret.judged
        ordered = next(one for one in judged if one.decision.act.action == act("order", fix="null-check"))
        assert ordered.quality == "slow"
        assert ordered.own <= 0 < ordered.cost


def test_the_reflex_of_ungated_flag_makes_it_worse() -> None:
    """Turning the flag off: the new form was the only one that always sent a code."""
    with Forks(of_play("ungated-flag", "trap-flag-off")) as forks:
        regrets = Regrets(forks, others=1)
        (one,) = regrets.regret.judged
        assert one.quality == "harmful"
        (without,) = regrets.without
        assert without.dropped.reached.hurt < forks.base.reached.hurt
        assert without.instead is not None
        assert without.instead.reached.resolved is False or without.instead.reached.hurt < one.after.hurt


def test_the_experts_move_is_put_in_place_of_each_decision(naive: Regrets) -> None:
    """At its own time if that is still to come; what had been done is not done twice."""
    (without,) = naive.without
    assert without.instead is not None
    (put,) = without.instead.what_if
    assert "ALTER TABLE orders" in str(put)
    assert without.instead.reached.failed < naive.forks.base.reached.failed / 4


def test_lock_queue_ends_only_for_who_lets_the_queue_go() -> None:
    """Restarting is no harm beyond what waiting does, and time goes by."""
    with Forks(of_play("lock-queue", "trap-restart")) as forks:
        regrets = Regrets(forks, others=0)
        (one,) = regrets.regret.judged
        assert one.before.open
        assert one.cost > 10 * one.before.hurt
        assert one.quality == "slow"
        (without,) = regrets.without
        assert without.instead is not None
        assert without.instead.reached.hurt < without.dropped.reached.hurt / 4


def test_good_decisions_are_good_whatever_came_of_them(naive: Regrets) -> None:
    """Luck compares the same decisions under other chance: it may be good or bad, and decides about no decision."""
    came, worse = naive.forks.base.reached, naive.regret.start.best.reached
    assert Luck(worse, (came, came)).word == "good"
    assert Luck(came, (worse, worse)).word == "bad"
    assert Luck(came, (came,)).word == "none"
    assert naive.regret.luck.elsewhere != (came,)
    assert naive.regret.luck.word == "none"


def test_ways_that_prove_has_stored_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As `rehearse prove --store` writes them; another file is said to be none."""
    from scorecards.ways import stored_ways

    path = tmp_path_factory.mktemp("ways") / "prove.json"
    steps = [{"at": "8m", "do": "run_sql", "sql": RELAX}, {"at": "9m", "do": "look", "what": "logs"}]
    path.write_text(json.dumps({"plays": [{"seed": 1, "steps": steps}]}), encoding="utf-8")
    (way,) = stored_ways(path)
    assert (way.name, [one.action for one in way.acts]) == ("found 1", [act("run_sql", sql=RELAX)])
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"prove\.json"):
        stored_ways(path)


def test_a_run_without_decisions_has_luck_and_a_start_only() -> None:
    """Doing nothing is judged by what could have been done."""
    with Forks(of_steps("ungated-flag", [])) as forks:
        regret: Regret = Regrets(forks, others=1).regret
        assert regret.judged == ()
        assert regret.closed_by is None
        assert regret.start.hurt < forks.base.reached.hurt / 4
        told = json.loads(json.dumps(regret.as_json()))
        assert told["luck"]["came"]["outcome"] == "timed_out"
