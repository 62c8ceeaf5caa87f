"""The documentation: its transcripts are run, its links lead somewhere, what it names exists."""

import re
from pathlib import Path

import pytest

from tests.shape.transcripts import answer, exchanges, parts, transcripts, written
from tests.shape.tree import ROOT, SHIPPED, modules, name_of, pages
from tui.cli import COMMANDS

PAGES = pages()
_WITH_TRANSCRIPTS = [page for page in PAGES if transcripts(page)]
_TARGETS = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", _WITH_TRANSCRIPTS, ids=name_of)
def test_transcripts_are_what_really_happens(page: Path, tmp_path: Path) -> None:
    """A page is followed from top to bottom in one folder: its files are written, its commands answer the same."""
    for part in parts(page):
        if part["console"] is None:
            assert written(part, tmp_path).resolve().is_relative_to(tmp_path.resolve())
            continue
        for typed, shown in exchanges(part["console"]):
            assert typed.startswith(("rehearse ", "rm -r ")), f"only `rehearse` is run from a page, not: {typed}"
            assert answer(typed, tmp_path) == shown, f"{name_of(page)}: $ {typed}"


def test_there_are_transcripts_to_run() -> None:
    """The first thing a newcomer reads shows a real run, and so does the first thing an author reads."""
    assert {ROOT / "README.md", ROOT / "docs" / "authoring.md"} <= set(_WITH_TRANSCRIPTS)


def test_an_author_writes_every_file_that_is_shown() -> None:
    """No YAML on the page for authors stands outside a file: what is shown there is what is checked there."""
    text = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    files = [part["file"] for part in parts(ROOT / "docs" / "authoring.md") if part["console"] is None]
    assert text.count("```yaml\n") == sum(name.endswith(".yaml") for name in files)
    assert {"short-list/scenario.yaml", "short-list/key.yaml", "short-list/plays/expert.yaml"} <= set(files)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of the project points at a file that is there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_targets_exist(page: Path) -> None:
    """Whatever a page tells people to type is there to be typed."""
    text = page.read_text(encoding="utf-8")
    typed = set(re.findall(r"(?:^|`|\$ )rehearse ([a-z]+)\b", text, re.MULTILINE))
    made = set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE))
    assert sorted(typed - set(COMMANDS)) == []
    assert sorted(made - _TARGETS) == []


def test_every_command_and_switch_is_in_the_readme() -> None:
    """A command or an environment variable that the README does not name is not found by anybody."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sources = "".join(path.read_text(encoding="utf-8") for path in modules(*SHIPPED))
    switches = set(re.findall(r"\bREHEARSE_[A-Z_]+\b", sources))
    assert [name for name in COMMANDS if f"rehearse {name}" not in readme] == []
    assert [name for name in sorted(switches) if name not in readme] == []


def test_every_word_of_the_vocabulary_that_names_code_is_in_the_code() -> None:
    """docs/vocabulary.md says where a word lives; it lives there."""
    rows = re.findall(r"^\|[^|]*\|[^|]*\|[^|]*\| `([^`]+)` \|$", _vocabulary(), re.MULTILINE)
    assert rows
    missing = [row for row in rows if not _defined(*row.rpartition("."))]
    assert missing == []


def _vocabulary() -> str:
    return (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")


def _defined(module: str, _dot: str, name: str) -> bool:
    path = ROOT / Path(*module.split("."))
    source = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
    pattern = rf"^(?:class|def) {name}\b|^{name}\b\s*[:=]|import .*\b{name}\b"
    return source.is_file() and re.search(pattern, source.read_text(encoding="utf-8"), re.MULTILINE) is not None
