"""Files that were made to hurt: refused with a place and a hint, quickly and within bounds."""

# ruff: noqa: E501 - a row of a table stays a row

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.errors import InvalidInput, Problem
from sim.scenario import nodes
from sim.scenario.load import find, load
from sim.scenario.nodes import NODES_MAX, parse, read

_SECONDS_MAX = 5.0
_GROWTH_KB_MAX = 200_000
_LAUGHS = "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9) if i else 'x'}]\n" for i in range(12))


def refused(read_it: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems of what must be refused, in bounded time and memory."""
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InvalidInput) as caught:
        read_it()
    assert time.process_time() - began < _SECONDS_MAX
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _GROWTH_KB_MAX
    return caught.value.problems


@pytest.fixture(params=[yaml.CSafeLoader, yaml.SafeLoader], ids=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Both parsers: the fast one is not there on every machine."""
    monkeypatch.setattr(nodes, "_LOADER", request.param)
    return request.param


@pytest.mark.parametrize(("text", "at", "what"), [
    pytest.param("a: 1\nb: 2\na: 3\n", "3:1", "the key 'a' stands here twice", id="a duplicate key"),
    pytest.param("a:\n\tb: 1\n", "2:1", "a tab in the indentation", id="a tab"),
    pytest.param(_LAUGHS, "6:14", f"more than {NODES_MAX} values", id="a billion laughs"),
    pytest.param("a: &a x\nb: [" + "*a," * 300 + "]\n", "2:605", "more than 200 aliases", id="many aliases"),
    pytest.param("a: &a [*a]\n", "1:8", "*a stands inside itself", id="an alias of itself"),
    pytest.param("a: *b\n", "1:4", "there is no anchor &b", id="an alias of nothing"),
    pytest.param("[" * 5000, "1:41", "nested more than 40 levels", id="5000 brackets"),
    pytest.param("- " * 5000 + "x", "1:81", "nested more than 40 levels", id="5000 dashes"),
    pytest.param("{a: " * 5000, "1:161", "nested more than 40 levels", id="5000 braces"),
    pytest.param("".join(" " * i + f"k{i}:\n" for i in range(1000)), "41:41", "nested more than 40 levels", id="1000 indents"),
    pytest.param("[" + "a," * 400_000 + "]", "1:60000", f"more than {NODES_MAX} values", id="400 000 values"),
    pytest.param("a: !!python/object/apply:os.system [ls]\n", "1:4", "a tag", id="a Python tag"),
    pytest.param("a: &x {b: 1}\nc: {<<: *x}\n", "2:5", "a merge key", id="a merge key"),
    pytest.param("? [a, b]\n: c\n", "1:3", "a key that is not plain text", id="a list for a key"),
    pytest.param("a: 1\n---\nb: 2\n", "2:1", "a second document", id="two documents"),
    pytest.param("", "1:1", "the file is empty", id="nothing"),
    pytest.param("# only a remark\n", "1:1", "the file is empty", id="only a comment"),
    pytest.param("a: x\x00y\n", "1:5", "a control character (U+0000)", id="NUL"),
    pytest.param("a: x\x1b[2Jy\n", "1:5", "a control character (U+001B)", id="a terminal escape"),
    pytest.param('a: "x\\0y"\n', "1:4", "a control character", id="NUL by an escape"),
    pytest.param('a: "x\\e[2J"\n', "1:4", "a control character", id="a terminal escape by an escape"),
    pytest.param("a: x\u202ey\n", "1:5", "a control character (U+202E)", id="a direction override"),
    pytest.param("a: b: c\n", "1:5", "a colon where none can stand", id="a colon too many"),
    pytest.param("a: @x\n", "1:4", "a character that no value can begin with", id="an at sign"),
    pytest.param("a: {b: ${x}}\n", "1:9", "a comma or } is wanted here", id="a param without quotes"),
    pytest.param("a: [1, 2\nb: 3\n", "2:2", "a comma or ] is wanted here", id="an open bracket"),
    pytest.param("a:\n  b: 1\n c: 2\n", "3:2", "this line does not fit the ones above it", id="a crooked indent"),
    pytest.param("a: 'x\n", None, "a quote or bracket is never closed", id="an open quote"),
])  # fmt: skip
def test_a_hostile_text_is_refused_at_its_place(parser: Any, text: str, at: str | None, what: str) -> None:
    """Each is told by line, column and cause before it can grow, whichever parser this machine has."""
    assert parser is nodes._LOADER
    problem = refused(lambda: parse(text, "x.yaml"))[0]
    assert what in problem.what
    assert problem.hint
    assert at is None or f"{problem.where.line}:{problem.where.column}" == at


def test_a_megabyte_of_control_characters_is_no_work() -> None:
    """Only the first ones are placed."""
    assert len(refused(lambda: parse("\x01" * 900_000, "x.yaml"))) == 20


def test_every_duplicate_is_told_and_read_for_its_own_mistakes() -> None:
    """Reading goes on after a mistake that leaves the rest readable."""
    found = refused(lambda: parse("a: 1\na: {x: 1, x: 2}\nb: !t 3\na: 4\n", "x.yaml"))
    assert [(p.where.line, p.where.column) for p in found] == [(2, 1), (2, 11), (3, 4), (4, 1)]
    assert found[0].hint == "the first one is in line 1"


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    """Ten megabytes are refused by their first."""
    path = tmp_path / "scenario.yaml"
    path.write_bytes(b"a: " + b"x" * 10_000_000)
    assert [str(p) for p in refused(lambda: load(path))] == [
        f"{path}:1:1: this file is larger than 1 MB\n  hint: a scenario or a play is a few hundred lines of text"
    ]


def test_bytes_that_are_no_text_are_placed(tmp_path: Path) -> None:
    """A file in another encoding is told where it stops being UTF-8."""
    path = tmp_path / "scenario.yaml"
    path.write_bytes("a: 1\ntitle: caf\u00e9\n".encode("latin-1"))
    assert str(refused(lambda: load(path))[0]).startswith(f"{path}:2:11: this is not UTF-8 text")


def test_line_ends_and_marks_of_other_systems_are_fine(tmp_path: Path) -> None:
    """A byte-order mark and CRLF are what an editor left behind, no mistake."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    document = read(path)
    assert document.data == {"a": "1", "b": "x\ny\n"}
    assert (document.marks.key(("b",)).line, document.marks.key(("b",)).column) == (2, 1)


@pytest.mark.parametrize(("make", "what"), [
    pytest.param(lambda path: None, "there is no such file", id="nothing there"),
    pytest.param(lambda path: path.mkdir(), "this is a folder, and a file is wanted", id="a folder"),
    pytest.param(os.mkfifo, "this is not an ordinary file", id="a pipe that would never answer"),
])  # fmt: skip
def test_what_is_no_file_is_said(tmp_path: Path, make: Callable[[Path], object], what: str) -> None:
    """A folder, a pipe and nothing at all are three different answers, and none hangs."""
    path = tmp_path / "play.yaml"
    make(path)
    assert [p.what for p in refused(lambda: read(path))] == [what]


def test_a_folder_without_a_scenario_is_said(tmp_path: Path) -> None:
    """A scenario folder holds a scenario.yaml; the nearest name is offered."""
    (tmp_path / "scenaro.yaml").write_text("a: 1\n")
    problem = refused(lambda: load(tmp_path))[0]
    assert (problem.what, problem.hint) == ("there is no such file", "did you mean 'scenaro.yaml'?")


@pytest.mark.parametrize("name", ["not-nul-column", "no/such/folder", "\x00", "x" * 5000, "", "bad\x1b[2Jname"])
def test_an_unknown_scenario_is_answered_with_the_nearest(name: str) -> None:
    """`find` never raises anything but InvalidInput, whatever the argument."""
    if name == "":
        assert find(".").is_dir()
        return
    problem = refused(lambda: find(name))[0]
    assert problem.what == "there is no such scenario"
    assert str(problem).isprintable() or "\n  hint:" in str(problem)
    if name == "not-nul-column":
        assert problem.hint == "did you mean 'not-null-column'?"
