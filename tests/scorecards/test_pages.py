"""The page about scoring says what is asked."""

import re

import pytest

from scorecards.criteria.catalogue import CRITERIA, Criterion
from tests.shape.tree import ROOT

PAGE = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\| (\w+) \| (\w+) \| ([\d.]+) \| (.+) \|$", re.MULTILINE)


def test_the_page_lists_every_criterion_and_no_other() -> None:
    """In the order in which a card tells them."""
    assert [name for name, *_ in LINE.findall(PAGE)] == [one.name for one in CRITERIA]


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: one.name)
def test_a_criterion_stands_there_as_it_asks(criterion: Criterion) -> None:
    """Axis, points and question are those of the code."""
    told = {name: (axis, float(points), asks) for name, axis, points, asks in LINE.findall(PAGE)}
    asks = " ".join((criterion.judge.__doc__ or "").split())
    assert told[criterion.name] == (criterion.axis.value, criterion.possible, asks)
