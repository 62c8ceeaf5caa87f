"""Jobs, what has to be done at the end, and SDKs that are switched off: what an author may get wrong."""

from pathlib import Path

import pytest

from sim.scenario.load import load
from tests.scenario.drafts import draft, said

JOBS = """jobs:
  renew:
    cron: "0 15 * * *"
    by: "15:20"
    steps: {work: {sql: SELECT 1}}
  tidy:
    per_hour: 6
    steps: {work: {sql: SELECT 1}}
sdks: {pay: {"1": [Client.charge()]}}

people:
"""
DONE = 'done:\n  work: all\n  not_before: "15:20"\n'


def with_jobs(folder: Path, *edits: tuple[str, str]) -> Path:
    """The scenario with two jobs, one of which has a deadline, and with these texts replaced."""
    jobs, done = JOBS, DONE
    for old, new in edits:
        assert old in jobs + done, old
        jobs, done = jobs.replace(old, new, 1), done.replace(old, new, 1)
    return draft(folder, ("people:\n", jobs), ("done:\n", done))


def test_the_drafts_jobs_are_sound(tmp_path: Path) -> None:
    """Before anything is broken, nothing is complained about."""
    scenario = load(with_jobs(tmp_path)).scenario
    assert scenario.done.work is not None
    assert (scenario.done.work.jobs, scenario.done.work.overdue) == ("all", 0)
    assert (scenario.jobs["renew"].by, scenario.jobs["tidy"].per_hour) == ("15:20", 6)


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        pytest.param("per_hour: 6", "batch: 6", "a job has one rhythm", "`cron:` or `per_hour:`", id="no rhythm"),
        pytest.param(
            "per_hour: 6", "per_hour: 6\n    batch: 2", "`batch:` belongs to `cron:`", "", id="a batch of one"
        ),
        pytest.param('by: "15:20"', 'by: "25:20"', "'25:20' is no time of day", '"02:00"', id="no such time"),
        pytest.param('by: "15:20"', 'by: "15:20"\n    within: 5m', "one deadline", "`within:` or", id="two deadlines"),
        pytest.param("work: all", "work: [renw]", "there is no job 'renw'", "'renew'?", id="an unknown job"),
        pytest.param("work: all", "work: [tidy]", "the items of 'tidy' have no deadline", "within", id="no deadline"),
        pytest.param("work: all", "work: {jobs: [tidy]}", "the items of 'tidy' have no", "within", id="in a mapping"),
        pytest.param("work: all", "work: some", "'some' is not a list of jobs", "write all", id="a word"),
        pytest.param('before: "15:20"', 'before: "15:10"', "while the work of 'renew' lies ahead", "15:20", id="early"),
        pytest.param('  not_before: "15:20"\n', "", "would be believed while", "not_before", id="at any time"),
        pytest.param('before: "15:20"', 'before: "16:20"', "comes after the time limit", "clock.limit", id="too late"),
    ],
)
def test_a_mistake_about_work_is_said(tmp_path: Path, old: str, new: str, what: str, hint: str) -> None:
    """One mistake, one problem, with the next step."""
    found = said(with_jobs(tmp_path, (old, new)))
    assert len(found) == 1, found
    assert what in found[0][1]
    assert hint in found[0][1] + found[0][2]


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("{at: 9m, fault: {switched_off: {sdk: play, version: '1'}}}", "there is no SDK 'play'", "'pay'?"),
        ("{at: 9m, fault: {switched_off: {sdk: pay, version: '2'}}}", "pay has no version '2'", "its versions: 1"),
        ("{when: {overdue: tidy}, message: {from: dba, text: x}}", "its items have no deadline", "`within:` or `by:`"),
        ("{when: {job_failed: tide}, message: {from: dba, text: x}}", "there is no job 'tide'", "'tidy'?"),
        (
            "{when: {job_failed: tidy, silence: 5m}, message: {from: dba, text: x}}",
            "a condition is one thing",
            "overdue",
        ),
    ],
)
def test_a_line_of_the_story_about_work_names_what_there_is(tmp_path: Path, line: str, what: str, hint: str) -> None:
    """SDKs with their versions, and jobs."""
    path = with_jobs(tmp_path)
    file = path / "scenario.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("story:\n", f"story:\n  - {line}\n", 1), encoding="utf-8")
    found = said(path)
    assert any(what in one and hint in f"{one} {next_step}" for _, one, next_step in found), found
