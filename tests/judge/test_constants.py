"""Expressions that PostgreSQL's planner can compute, and fails at, before it has seen a single prototype."""

import pytest

from sim.judge.judge import Judge
from sim.judge.values import Line, Program
from sim.population import Population
from tests.judge.shop import shop

_FOUR = Population({"n": (1, 2, 3, 4)}, {"n": "integer"}, 4)


@pytest.mark.parametrize(("broken", "kept"), [("1 / 0", "2"), ("CAST('x' AS integer)", "2")])
def test_those_whom_the_guard_leaves_out_go_on(judge: Judge, *, broken: str, kept: str) -> None:
    """A constant failure stops who comes to it; the others keep the value from before, and go on with it."""
    lines = (
        Line("first", sets=(("d", "2"),)),
        Line("gated", guard="n > 2", sets=(("d", broken),)),
        Line("last", sets=(("e", "d * 10"),)),
    )
    trial = judge.try_out(shop(), Program(lines), _FOUR)
    assert [bool(stop) for stop in trial.stops] == [False, False, True, True]
    assert {name for name, _ in trial.codes} == {"gated"}
    distinct, index = trial.values["e"]
    assert [distinct[at] for at in index][:2] == [f"{kept}0", f"{kept}0"]


def test_the_first_failure_of_a_prototype_stays_its_failure(judge: Judge) -> None:
    """Whoever is stopped comes to no later line, whatever that would do to everybody."""
    lines = (Line("some", sets=(("d", "1 / (n - 1)"),)), Line("all", sets=(("e", "1 / 0"),)))
    trial = judge.try_out(shop(), Program(lines), _FOUR)
    assert [trial.codes[stop - 1][0] for stop in trial.stops] == ["some", "all", "all", "all"]
