"""Words that have no place in the project's files, and names that say nothing."""

import ast
import re

import pytest

from tests.shape.tree import ROOMS, files, modules, name_of, texts, tree

# Written in pieces, so that this file may stand among the others.
_BANNED = {
    "a number on a tracker that readers of this text cannot see": r"\bissue\s*" + r"#?\d",
    "the host of a package registry": "py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.(?:com|org)",
    "a path on somebody's machine": r"(?<![\w.}$-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/[a-z]+|Us" + r"ers/[A-Za-z]+)/",
    "a promise to do it later": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    "a merge that was never finished": "^(?:<{7} |>{7} )",
}
_EMPTY_NAMES = re.compile(r"Manager|Helper|Utils?|Misc")


@pytest.mark.parametrize("why", _BANNED)
def test_no_file_holds(why: str) -> None:
    """Whatever is written here is read elsewhere, by people who have only this."""
    pattern = re.compile(_BANNED[why], re.MULTILINE)
    found = [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1} {hit[0]!r}"
        for name, text in texts()
        for hit in pattern.finditer(text)
    ]
    assert not found


def test_every_banned_word_would_be_found() -> None:
    """A ban that cannot see its own example protects nobody."""
    examples = [
        "issue" + " #12",
        "https://py" + "pi.org/simple",
        "cp /ro" + "ot/x .",
        "TO" + "DO: later",
        "<<<<<<< " + "ours",
    ]
    for pattern, example in zip(_BANNED.values(), examples, strict=True):
        assert re.search(pattern, example, re.MULTILINE), example


def test_names_say_something() -> None:
    """No module and no class is called a helper, a manager or a bag of utilities."""
    classes = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules(*ROOMS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and _EMPTY_NAMES.search(node.name)
    ]
    stems = [name_of(path) for path in modules(*ROOMS) if _EMPTY_NAMES.fullmatch(path.stem.title())]
    assert not classes + stems


def test_every_folder_of_tests_is_a_package() -> None:
    """Without its __init__.py a folder tests/sim would hide the real sim."""
    folders = {path.parent for path in files() if name_of(path).startswith("tests/") and path.suffix == ".py"}
    assert not [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()]
