"""The place of every key, value and character, in every way that YAML can write a text."""

# ruff: noqa: E501 - a row of a table stays a row

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.nodes import parse
from sim.scenario.values import Text

_STYLES = """\
plain: SELECT 1
literal: |
  SELECT x
    FROM  y
   WHERE é

folded: >-
  SELECT x
    FROM  y

  q
single: 'it''s
   here'
double: "a\\tb \\
   c\\n d"
spread: multi
  line q
flow: {a: [x,  'y z'], b: "q"}
"""


def _char_at(source: str, line: int, column: int) -> str:
    return source.split("\n")[line - 1][column - 1 : column]


def test_every_visible_character_is_found_in_every_style() -> None:
    """Blocks, folds, quotes and escapes: the offset in the value leads to the character in the file."""
    document = parse(_STYLES, "x.yaml")
    seen = 0
    for name, value in document.data.items():
        if not isinstance(value, Text):
            continue
        for offset, char in enumerate(value):
            if char not in " \t\n":
                mark = document.marks.within((str(name),), offset)
                assert _char_at(_STYLES, mark.line, mark.column) == char, (name, offset)
                seen += 1
    assert seen == 60


def test_an_offset_past_the_end_is_just_behind_the_text() -> None:
    """PostgreSQL says 'at end of input' with the length as its place."""
    mark = parse("a: |\n  SELECT\n\nb: 1\n", "x.yaml").marks.within(("a",), 7)
    assert (mark.line, mark.column) == (2, 9)


def test_keys_values_and_items_have_their_own_places() -> None:
    """A path that does not exist answers with the nearest parent that does."""
    marks = parse("a:\n  - {b: 1}\n  - c\n", "x.yaml").marks
    places = {
        path: (mark.line, mark.column)
        for path, mark in [
            (("a",), marks.key(("a",))), (("a", 0), marks.value(("a", 0))), (("a", 0, "b"), marks.value(("a", 0, "b"))),
            (("a", 1), marks.key(("a", 1))), (("a", 0, "x", "y"), marks.value(("a", 0, "x", "y"))),
        ]
    }  # fmt: skip
    assert places == {
        ("a",): (1, 1), ("a", 0): (2, 5), ("a", 0, "b"): (2, 9), ("a", 1): (3, 5), ("a", 0, "x", "y"): (2, 5),
    }  # fmt: skip


def test_an_alias_has_the_place_of_what_it_repeats() -> None:
    """A mistake in a repeated block is mended where it is written; the alias itself is a place of its own."""
    document = parse("a: &x {b: [1, 2]}\nc: *x\n", "x.yaml")
    assert document.data["c"] == {"b": ["1", "2"]}
    assert document.marks.value(("c", "b", 1)) == document.marks.value(("a", "b", 1))


def test_only_unquoted_text_is_plain() -> None:
    """What YAML would have guessed at is left to the types of the language."""
    data = parse("[1:30, off, 1.10, 010, null, '1', \"2\", |]".replace(", |", ""), "x.yaml").data
    assert data == ["1:30", "off", "1.10", "010", "null", "1", "2"]
    assert [text.plain for text in data] == [True] * 5 + [False] * 2


_TREES = st.recursive(
    st.text("ab c:#'\"\\é\n-{}[]&*!|>%@`,?", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz:# ", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(tree=st.dictionaries(st.text("xyz", min_size=1, max_size=4), _TREES, min_size=1, max_size=4), width=st.integers(5, 80),
       style=st.sampled_from([None, "'", '"', "|", ">"]), flow=st.sampled_from([None, True, False]))  # fmt: skip
def test_the_text_is_what_yaml_reads(tree: dict[str, object], width: int, style: str, flow: bool | None) -> None:
    """Any tree, in any style: the same text as a plain YAML reader gives, and the right place for each part."""
    source = yaml.dump(tree, width=width, default_style=style, default_flow_style=flow, allow_unicode=True)
    document = parse(source, "x.yaml")
    assert document.data == yaml.load(source, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    for path, span in document.marks.spans.items():
        for offset, char in enumerate(span.text):
            if char not in " \t\n" and span.style != '"':
                mark = document.marks.within(path, offset)
                assert _char_at(source, mark.line, mark.column) == char
                break


@pytest.mark.parametrize("text", ["a: 1\n", "a: [b, {c: d}]\n"])
def test_reading_twice_is_reading_once(text: str) -> None:
    """The reader keeps nothing between two documents."""
    assert parse(text, "x").data == parse(text, "x").data
