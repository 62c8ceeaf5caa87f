"""Small modules and small functions: the ceiling is far above what is usual here."""

from pathlib import Path

from tests.shape.tree import ROOMS, functions, modules, name_of

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
MODULE_LINES_MEDIAN = 150


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_a_sitting() -> None:
    """A module can be read from top to bottom: 400 lines at most."""
    assert not [f"{name_of(path)}: {_lines(path)} lines" for path in modules(*ROOMS) if _lines(path) > MODULE_LINES_MAX]


def test_half_of_the_modules_are_short() -> None:
    """The ceiling is for the exceptions: half of the modules have 150 lines or fewer."""
    sizes = sorted(_lines(path) for path in modules(*ROOMS))
    assert sizes[len(sizes) // 2] <= MODULE_LINES_MEDIAN


def test_no_function_is_longer_than_a_screen() -> None:
    """A function fits on a screen: 60 lines at most."""
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}: {size} lines"
        for path in modules(*ROOMS)
        for node in functions(path)
        if (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long
