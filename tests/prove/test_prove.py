"""What can be done is tried, what resolves is found, and what mends nothing is not taken for a way."""

import json
from pathlib import Path

import pytest

from sim.catalogue import ACTIONS
from sim.clock import millis
from sim.prove.candidates import candidates
from sim.prove.degenerate import resolved_by_nothing
from sim.prove.policies import POLICIES, resolved
from sim.prove.search import Search
from sim.prove.trial import carry_out
from sim.scenario.load import catalogue, find, load
from sim.stage import Stage
from tests.tui.command_line import rehearse
from tests.worlds import edited

HEALTHY = "healthy: {endpoints: all, below: 0.01}"


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_action_is_searched_or_said_not_to_be(name: str) -> None:
    """Nothing of the catalogue is silently left out, whoever added it."""
    found = candidates(load(find(name), 1))
    searched = {deed.action.name for deed in found.deeds}
    assert searched | set(found.not_searched) == set(ACTIONS)
    assert not searched & set(found.not_searched)


@pytest.fixture(scope="module")
def search() -> Search:  # type: ignore[misc]
    """Ungated-flag, as far as a few plays lead."""
    with Stage(find("ungated-flag")) as stage:
        made = Search(stage, 1, 60)
        for _ in made.explore():
            pass
        yield made  # type: ignore[misc]


def test_the_ways_that_are_found_resolve_and_need_each_of_their_deeds(search: Search) -> None:
    """Played again by themselves they come to the same, and without any one deed to nothing."""
    ways = search.good()
    assert ways
    for way in ways:
        again = carry_out(search.stage, search.seed, way.steps)
        assert (again.outcome, again.counts, again.left) == (way.outcome, way.counts, way.left)
        if len(way.deeds) > 1:
            rest = [(*way.deeds[:at], *way.deeds[at + 1 :]) for at in range(len(way.deeds))]
            assert not any(search.attempt(deeds).good for deeds in rest)
    assert len({way.left for way in ways}) == len(ways)


def test_waiting_and_going_back_at_once_are_told_beside_them(search: Search) -> None:
    """What they cost is known, and that they are no ways."""
    assert not search.nothing.good
    assert search.nothing.harm > min(way.harm for way in search.good())
    assert [deed.action.name for deed in search.naive().deeds] == ["roll_back"]


def test_a_search_of_the_same_seed_finds_the_same(search: Search) -> None:
    """Every trial, in the order in which it was tried."""
    with Stage(find("ungated-flag")) as stage:
        other = Search(stage, 1, 15)
        for _ in other.explore():
            pass
        first = list(search.trials.items())[: other.plays]
        assert [(key, one.outcome, one.counts) for key, one in other.trials.items()] == [
            (key, one.outcome, one.counts) for key, one in first
        ]


def test_players_who_do_not_know_the_answer_are_counted() -> None:
    """Whoever goes back by reflex fails with every seed: the old code meets the new column. With care it works."""
    with Stage(find("not-null-column")) as stage:
        search = Search(stage, 1, 1)
        got = {
            name: sum(
                resolved(stage, POLICIES[name], search.candidates.deeds, seed, search.start_ms) for seed in (1, 2)
            )
            for name in ("reflex", "careful")
        }
    assert got["reflex"] == 0 < got["careful"]


@pytest.mark.long
@pytest.mark.parametrize("name", list(catalogue()))
def test_no_scenario_is_resolved_by_what_mends_nothing(name: str) -> None:
    """Neither by waiting nor by the all-clear at once, nor by hiding or stopping things."""
    with Stage(find(name)) as stage:
        assert resolved_by_nothing(stage, (1,)) == []


def test_a_scenario_that_waiting_resolves_is_caught(tmp_path: Path) -> None:
    """Where nearly everything may fail, nothing needs to be done."""
    with Stage(edited(tmp_path, "ungated-flag", (HEALTHY, "healthy: {endpoints: all, below: 0.99}"))) as stage:
        found = resolved_by_nothing(stage, (1,))
    assert any("“do nothing” counts as resolved" in one for one in found)


def test_the_command_says_it_for_programs_and_keeps_the_ways(tmp_path: Path) -> None:
    """What is stored is played by `run`, to the same end."""
    store = tmp_path / "ways.json"
    ended = rehearse("prove", "ungated-flag", "--budget", "25", "--json", "--store", store)
    assert ended.code == 0
    assert ended.data["solvable"] is True
    assert ended.data["plays"] >= 25
    kept = json.loads(store.read_text())["plays"]
    assert len(kept) == len(ended.data["paths"])
    file = tmp_path / "way.yaml"
    file.write_text(json.dumps(kept[0]))
    ran = rehearse("run", "ungated-flag", "--play", file, "--json").data
    assert (ran["outcome"], ran["requests"]["failed"]) == ("resolved", ended.data["paths"][0]["failed"])
    assert all(millis(step["at"]) >= 0 for step in kept[0]["steps"])


def test_an_interrupted_search_says_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """And exits with 130."""
    explore = Search.explore

    def cut_short(self: Search) -> object:
        for number in explore(self):
            yield number
            if number == 20:
                raise KeyboardInterrupt

    monkeypatch.setattr(Search, "explore", cut_short)
    ended = rehearse("prove", "ungated-flag", "--budget", "500")
    assert ended.code == 130
    assert "ways that resolve it" in ended.out
    assert "interrupted" in ended.err


def test_a_scenario_that_nothing_resolves_is_said_to_be_so(tmp_path: Path) -> None:
    """Exit 1: either it cannot be won, or the budget was too small; the report says how far it went."""
    folder = edited(tmp_path, "ungated-flag", (HEALTHY, "healthy: {endpoints: all, below: 0.0000001}"))
    ended = rehearse("prove", folder, "--budget", "10")
    assert ended.code == 1
    assert "no way was found; the budget ended the search" in ended.out
