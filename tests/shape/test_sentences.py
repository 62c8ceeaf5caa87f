"""Docstrings: where one is wanted. That each is a sentence, ruff sees to."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.shape.tree import ROOMS, SHIPPED, functions, modules, name_of, tree

# A name says it all for so many lines; beyond that a public thing owes its reader a sentence.
LINES_WITHOUT_A_SENTENCE = 12
CATALOGUES = ("sim/actions/", "sim/faults/", "sim/probes/", "tui/commands/")


def _public(path: Path) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def test_every_module_says_what_it_is_for() -> None:
    """The first line of a module is a sentence about it; an empty package file has nothing to say."""
    silent = [name_of(path) for path in modules(*ROOMS) if path.stat().st_size and not ast.get_docstring(tree(path))]
    assert not silent


def test_every_test_says_what_it_promises() -> None:
    """A test without its promise in words cannot be judged when it fails."""
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules("tests")
        for node in functions(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_whatever_is_public_and_not_tiny_has_a_sentence() -> None:
    """A public class or function of more than a dozen lines says what it promises."""
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules(*SHIPPED)
        for node in _public(path)
        if (node.end_lineno or 0) - node.lineno >= LINES_WITHOUT_A_SENTENCE and not ast.get_docstring(node)
    ]
    assert not silent


def test_every_member_of_a_catalogue_is_described() -> None:
    """The description of an action, a fault, a probe or a command is its docstring; help and docs have no other."""
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules(*SHIPPED)
        if name_of(path).startswith(CATALOGUES)
        for node in _public(path)
        if isinstance(node, ast.ClassDef) and not ast.get_docstring(node)
    ]
    assert not silent
