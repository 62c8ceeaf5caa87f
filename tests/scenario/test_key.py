"""The answer key: what is wrong with one is said at once, each thing at its place."""

# ruff: noqa: E501 - a row of a table stays a row

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.errors import InvalidInput
from sim.scenario.key_file import FILE, load_key
from sim.scenario.load import catalogue, find, load
from sim.scenario.schema import schema
from tests.scenario.drafts import draft, place_of
from tests.scenario.test_schema import complaints

GOOD = (find("not-null-column") / FILE).read_text(encoding="utf-8")

_MISTAKES = [
    pytest.param("scenario: not-null", "scenario: no-null", 10, "this is the key of", "'not-null-column'", id="whose"),
    pytest.param("resolved_by: 25m", "resolved_by: 25", 13, "'25' has no unit", "write 25s", id="a par without unit"),
    pytest.param("resolved_by: 25m", "resolved_by: 9h", 13, "9h comes after the end", "1h40m", id="a par too late"),
    pytest.param("  judge-rollback-safety:\n", "  judge-rollback-safty:\n", 2, "there is no skill 'judge-rollback-safty'",
                 "did you mean 'judge-rollback-safety'?", id="a skill that is not taught"),
    pytest.param("[column-has-no-default, report", "[column-has-default, report", 1, "there is no clue",
                 "did you mean 'column-has-no-default'?", id="a clue of a skill"),
    pytest.param("    root_cause: true\n", "", None, "no conclusion is the root cause", "add `root_cause", id="no root"),
    pytest.param("[lists-are-well, fif", "[lists-are-wel, fif", 1, "there is no clue", "'lists-are-well'?", id="a herring"),
    pytest.param("play: trap-naive-rollback", "play: trap-naive", 6, "there is no play 'trap-naive'",
                 "did you mean 'trap-naive-rollback'?", id="a play that is not there"),
    pytest.param("play: alt-fix-forward", "play: trap-wait-it-out", 6, "promises something else", "called alt-…", id="a promise"),
    pytest.param("damages: user_harm", "damages: users", 9, "'users' is not known here", "one of: user_harm", id="an axis"),
    pytest.param("against: [tool-hides-statements]", "against: [tool-hides]", 10, "there is no cause 'tool-hides'",
                 "did you mean 'tool-hides-statements'?", id="a cause"),
    pytest.param("    against: [no-halt-on-errors]\n", "    against: []\n    shown_by: expart\n", None,
                 "there is no play or variant 'expart'", "did you mean 'expert'?", id="what shows it"),
    pytest.param("when: {report_runs", "when: {report_run", 7, "there is no param 'report_run'",
                 "did you mean 'report_runs'?", id="a param"),
    pytest.param("right: [old-code]", "right: [old]", None, "'old' is right but no choice", "", id="a right answer"),
    pytest.param("nudge: Two", "nudged: Two", 0, "unknown key 'nudged'", "did you mean 'nudge'?", id="an unknown key"),
    pytest.param("  longer-list:\n", "  Longer List:\n", 2, "'Longer List' is no name here", "small letters", id="a name"),
    pytest.param("    nudge: Two", "    nudge:\n    x: Two", None, "nothing stands where", "", id="nothing said"),
]  # fmt: skip


def key_draft(folder: Path, *edits: tuple[str, str]) -> Path:
    """A copy of the scenario whose key was changed, each text at its first place."""
    copy = draft(folder)
    text = GOOD
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (copy / FILE).write_text(text, encoding="utf-8")
    return copy


def said(path: Path) -> list[tuple[str, str, str]]:
    """What loading the key complains about, as (line:column, what, hint)."""
    with pytest.raises(InvalidInput) as refused:
        load_key(path)
    return [(f"{p.where.line}:{p.where.column}", p.what, p.hint) for p in refused.value.problems]


@pytest.mark.parametrize(("old", "new", "skip", "what", "hint"), _MISTAKES)
def test_a_mistake_is_shown_where_it_stands(
    tmp_path: Path, *, old: str, new: str, skip: int | None, what: str, hint: str
) -> None:
    """The line and column, what is wrong in plain words, and what to do."""
    found = said(key_draft(tmp_path, (old, new)))
    about = [one for one in found if what in one[1] and hint in one[2]]
    assert about, found
    if skip is not None:
        assert about[0][0] == place_of(old, GOOD, skip)


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    """A mistake of form does not hide one of reference."""
    found = said(
        key_draft(
            tmp_path,
            ("resolved_by: 25m", "resolved_by: soon"),
            ("damages: user_harm", "damages: users"),
            ("play: alt-fix-forward", "play: alt-fix-foward"),
        )
    )
    assert len(found) == 3, found


@pytest.mark.parametrize("name", catalogue())
def test_the_keys_that_come_along_are_sound(name: str) -> None:
    """Every scenario has its key, and an editor that knows the schema underlines nothing in it."""
    path = find(name)
    assert load(path).key is not None
    assert complaints(_as_an_editor(path / FILE), described := schema("key.schema.json"), described) == []


def _as_an_editor(path: Path) -> Any:
    return json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))


def test_a_scenario_needs_no_key_to_be_played(tmp_path: Path) -> None:
    """A folder without key.yaml loads, and a broken key is nobody's business until it is asked for."""
    copy = draft(tmp_path)
    (copy / FILE).unlink()
    assert load(copy).key is None
    (copy / FILE).write_text("format: [", encoding="utf-8")
    assert load(copy).scenario.id == "not-null-column"
