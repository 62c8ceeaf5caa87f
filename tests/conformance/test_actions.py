"""What is asked of every action in the catalogue: a new one is tested by existing."""

import inspect
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.actions.base import Action
from sim.catalogue import ACTIONS, arguments_of, make, parameters, written
from sim.facts import Fact
from sim.manual import PAGE, page
from sim.reduce import reduce
from sim.scenario.load import find, load
from sim.world import opening

WORLDS = [opening(load(find(name), 1).scenario, 1) for name in ("not-null-column", "ungated-flag")]
NAMES = st.sampled_from(
    ["shop", "v2.3.0", "v2.4.0", "PR-905", "discount_codes", "0042_order_metadata", "tolerate-missing-utm", "dba", ""]
) | st.text(max_size=20)  # fmt: skip


def some(kind: Any) -> st.SearchStrategy[Any]:
    """Values of one argument's type, known names and nonsense alike."""
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(-5, 200)
    return NAMES if kind is str else st.lists(NAMES, max_size=3)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.scenario.id)
@given(data=st.data())
def test_an_action_decides_from_the_world_alone_and_refuses_rather_than_raises(
    world: Any, action: type[Action], data: st.DataObject
) -> None:
    """Facts, the same ones each time, that the world can take; nothing is changed by deciding."""
    arguments = {name: data.draw(some(kind), label=name) for name, (kind, _) in parameters(action).items()}
    made = make(action.name, arguments)
    decided = made.decide(world)
    assert decided == made.decide(world)
    assert isinstance(decided, tuple)
    for fact in decided:
        assert isinstance(fact, Fact)
        world = reduce(world, fact)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@given(data=st.data())
def test_an_action_survives_the_way_through_a_journal(action: type[Action], data: st.DataObject) -> None:
    """Its name and what it was given make it again."""
    arguments = {name: data.draw(some(kind), label=name) for name, (kind, _) in parameters(action).items()}
    made = make(action.name, arguments)
    assert make(made.name, arguments_of(made)) == made


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_an_action_says_what_it_is_what_it_risks_and_how_it_is_undone(action: type[Action]) -> None:
    """One description that serves wherever the action is described."""
    assert inspect.getdoc(action)
    assert action.needs
    assert action.takes
    assert action.risk
    assert action.undo
    assert {spec.name for spec in fields(action)} <= set(get_type_hints(action))
    assert set(parameters(action)) == {written(spec.name) for spec in fields(action)}


def test_the_page_about_actions_says_what_the_catalogue_says() -> None:
    """`python -m sim.manual` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
