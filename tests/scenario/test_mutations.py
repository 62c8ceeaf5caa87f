"""Nothing that is done to a scenario file makes the loader fail in another way than by saying what is wrong."""

# ruff: noqa: E501 - a row of a table stays a row

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.scenario.load import FILE
from tests.scenario.drafts import GOOD, draft, problems

_WORDS = ("Input should", "valid ", "pydantic", "dict", "tuple", "NoneType", "Traceback", "object at 0x", "Text(")
_ODD: st.SearchStrategy[Any] = st.sampled_from([
    None, "", "x", "null", 0, -1, 1e18, "NaN", "1:30", True, [], {}, [[]], {"a": {}}, ["a", "a"], {"choice": []}, {"range": [1]},
    {"choice": {"a": "b"}}, {"if_flag": "x"}, "${report}", "${nothing}", "${", "$x", "v2.4.0", "POST /orders", "../..", "-5m", "5m",
    "insert_order", "PR-905", "\u00e9", 10**30, {"": 1}, {"range": ["5m", "1m"]}, {"uniform": ["a", 1]}, {"sql": "$x"}, "0 0 * * *",
])  # fmt: skip


def _spots(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [at, *(spot for key, value in inside for spot in _spots(value, (*at, key)))]


_TREE = yaml.load(GOOD, Loader=yaml.BaseLoader)
_SPOTS = [spot for spot in _spots(_TREE) if spot]


def _changed(tree: Any, spot: tuple[Any, ...], deed: str, value: Any) -> None:
    for key in spot[:-1]:
        if not isinstance(tree, dict | list) or (isinstance(tree, dict) and key not in tree):
            return
        if isinstance(tree, list) and (not isinstance(key, int) or key >= len(tree)):
            return
        tree = tree[key]
    last = spot[-1]
    present = (isinstance(tree, dict) and last in tree) or (
        isinstance(tree, list) and isinstance(last, int) and last < len(tree)
    )
    if not present:
        return
    if deed == "replace":
        tree[last] = value
    elif deed == "remove":
        tree.pop(last)
    elif deed == "rename" and isinstance(tree, dict):
        tree[str(value)] = tree.pop(last)
    elif deed == "twist":
        tree[last] = [tree[last]] if isinstance(tree, dict) else {str(last): tree[last]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draft(tmp_path_factory.mktemp("mutations"))


def _loads_or_says(path: Path) -> bool:
    found, written = problems(path), (path / FILE).read_bytes().decode("utf-8", "replace")
    words = [word for word in _WORDS if word not in written]
    for problem in found:
        assert problem.hint, problem
        assert problem.where.line >= 1
        assert not any(word in problem.what for word in words), problem
    return not found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=st.lists(
        st.tuples(st.sampled_from(_SPOTS), st.sampled_from(["replace", "remove", "rename", "twist"]), _ODD),
        min_size=1,
        max_size=4,
    )
)
def test_any_change_of_the_tree_is_answered_with_problems(
    folder: Path, deeds: list[tuple[tuple[Any, ...], str, Any]]
) -> None:
    """Keys gone, renamed and retyped: InvalidInput or a sound scenario, and never a word of Python's."""
    tree = yaml.load(GOOD, Loader=yaml.BaseLoader)
    for spot, deed, value in deeds:
        _changed(tree, spot, deed, value)
    (folder / FILE).write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    _loads_or_says(folder)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(GOOD) - 1), length=st.integers(0, 30), put=st.text(st.characters(codec="utf-8"), max_size=12)
)
def test_any_change_of_the_text_is_answered_with_problems(folder: Path, at: int, length: int, put: str) -> None:
    """A slip of the keyboard anywhere."""
    (folder / FILE).write_bytes((GOOD[:at] + put + GOOD[at + length :]).encode())
    _loads_or_says(folder)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=300))
def test_any_bytes_are_answered_with_problems(folder: Path, noise: bytes) -> None:
    """Also bytes that were never meant to be a scenario."""
    (folder / FILE).write_bytes(noise)
    assert _loads_or_says(folder) is False


def test_the_mutations_are_not_blind(tmp_path: Path) -> None:
    """Untouched, the tree that is mutated loads: so what is found above is found because of the change."""
    path = draft(tmp_path)
    assert _loads_or_says(path)
    shutil.copy(path / FILE, tmp_path)
    assert len(_SPOTS) > 200
