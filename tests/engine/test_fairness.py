"""`check` does what a key and plays only say: it looks for the clues, and carries out the plays."""

import shutil
from pathlib import Path

import pytest

from sim.check import check
from sim.errors import Problem
from sim.scenario.key_file import FILE
from sim.scenario.load import find
from tests.scenario.drafts import draft, place_of
from tests.scenario.test_key import GOOD, key_draft

UNFAIR = [
    ("find: utm_source is missing", "find: utm_source is mising", "does not fit `find: utm_source is mising`"),
    ("what: metrics, find: IllegalStateException", "what: metrics, find: ClientClosedRequest",
     "a good day shows the same: fifteen-percent"),
    ("[orders-carry-metadata, way-back-drops-the-column]\n\nherrings",
     "[fifteen-percent, way-back-drops-the-column]\n\nherrings", "'dropping-loses' rests on fewer than two clues"),
    ("look logs, then look changelog", "look logs, then flush_cache of PR-906", "only the key knows 'flush_cache'"),
    ("{at: 14m, do: look, what: messages, find: the app cannot place orders}",
     "{at: 14m, do: order, fix: tolerate-missing-utm, find: built}", "order answers nothing that could be read"),
    ("what: deploys, find: 12× v2.4.0}", "what: deploys}", "nothing says what is to be seen in the answer"),
    ("when: {report_runs: 35m}", "when: {report_runs: 36m}", "none of 200 seeds draws this"),
    ("do: grep, pattern: drop default", "do: grap, pattern: drop default", "unknown action 'grap'"),
    ("lacks: /customers", "lacks: budget", "does not fit `find: POST /orders and lacks: budget`"),
]  # fmt: skip


@pytest.fixture(name="unfair", scope="module")
def what_check_says_of_an_unfair_key(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """One check of a key that is wrong in every way."""
    return check(key_draft(tmp_path_factory.mktemp("unfair"), *(edit[:2] for edit in UNFAIR)), quick=True).problems


@pytest.mark.parametrize("said", [edit[2] for edit in UNFAIR])
def test_what_the_key_says_is_tried(unfair: list[Problem], said: str) -> None:
    """A clue that is not there, is there on a good day, stands alone or cannot be looked for is told with its place."""
    found = [problem for problem in unfair if said in problem.what]
    assert found, [str(problem) for problem in unfair]
    assert found[0].where.file.endswith(FILE)
    assert found[0].hint


def test_a_clue_that_is_not_there_is_shown_with_what_is(unfair: list[Problem]) -> None:
    """The hint quotes the line that comes nearest, so that the author sees what to write."""
    hints = [problem.hint for problem in unfair if "mising" in problem.what]
    assert hints
    assert all("IllegalStateException: utm_source is missing" in hint for hint in hints)


def test_a_conclusion_is_told_at_its_clues(unfair: list[Problem]) -> None:
    """file:line:column lead to the list that is too short."""
    where = next(problem.where for problem in unfair if "rests on fewer than two" in problem.what)
    place = place_of("[orders-carry-metadata, way-back-drops-the-column]\n\nherrings", GOOD)
    assert f"{where.line}:{where.column}" == place


@pytest.fixture(name="misplayed", scope="module")
def what_check_says_of_bad_plays(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], list[str]]:
    """A scenario without a key, with an expert who does nothing, a trap that is a way out, and no other plays."""
    copy = draft(tmp_path_factory.mktemp("misplayed"))
    (copy / FILE).unlink()
    plays = copy / "plays"
    good, idle = (plays / "alt-relax-then-rollback.yaml").read_text(), (plays / "do-nothing.yaml").read_text()
    shutil.rmtree(plays)
    plays.mkdir()
    (plays / "trap-good-idea.yaml").write_text(good)
    (plays / "expert.yaml").write_text(idle.replace("max: 0.002", "max: 0.0001").replace("steps: []", LOST))
    report = check(copy)
    return plays, [str(problem) for problem in report.problems], report.missing


LOST = "steps: [{at: 9m, do: order, fix: miracle}]"


def test_plays_are_carried_out(misplayed: tuple[Path, list[str], list[str]]) -> None:
    """What a play expects is compared with what it gives, at the place of its `expect:`."""
    plays, problems, _ = misplayed
    assert any(f"{plays}/expert.yaml:4:1: with seed 7 POST /orders at T+05:00: exp" in said for said in problems)


def test_the_name_of_a_play_is_a_promise(misplayed: tuple[Path, list[str], list[str]]) -> None:
    """An expert who gets nowhere and a trap that works are defects of the scenario."""
    plays, problems, _ = misplayed
    assert any(f"{plays}/expert.yaml:1:1: a good way has to end resolved" in said for said in problems)
    assert any(f"{plays}/trap-good-idea.yaml:1:1: this comes out resolved with seed 7" in said for said in problems)


def test_a_good_way_names_nothing_that_is_not_there(misplayed: tuple[Path, list[str], list[str]]) -> None:
    """A fix that only the expert knows cannot be found by anybody else."""
    plays, problems, _ = misplayed
    assert any(f"{plays}/expert.yaml:3:9: there is no fix 'miracle'" in said for said in problems)


def test_a_scenario_that_still_grows_hears_what_is_missing(misplayed: tuple[Path, list[str], list[str]]) -> None:
    """Without a key nothing that is missing is a problem; with it, everything is."""
    _, problems, missing = misplayed
    assert [part.partition(":")[0] for part in missing] == [
        "key.yaml, so that nobody knows whether it is fair",
        "plays/alt-*.yaml", "plays/trap-*.yaml", "plays/do-nothing.yaml", "plays/degenerate-*.yaml",
    ]  # fmt: skip
    assert not any("needs plays" in said for said in problems)


def test_a_key_wants_every_kind_of_play(tmp_path: Path) -> None:
    """A scenario that is taught shows good ways, traps, idleness and tricks."""
    copy = draft(tmp_path)
    for name in ("degenerate-resolve-at-once", "degenerate-freeze-half-way"):
        (copy / "plays" / f"{name}.yaml").unlink()
    said = [problem.what for problem in check(copy, quick=True).problems]
    assert [what.partition(";")[0] for what in said] == ["a scenario with a key needs plays/degenerate-*.yaml: 0 of 1"]


def test_a_variant_is_not_asked_for_a_key() -> None:
    """What shows a prevention is no incident of its own: nothing is missing beside it."""
    report = check(find("not-null-column/prevention"), quick=True)
    assert (report.problems, report.missing) == ([], [])
