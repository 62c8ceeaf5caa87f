"""The review: what was picked and ordered is judged, kept beside the run, and preventions are shown working."""

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.archive.folder import Folder
from scorecards.learning.beside import keep, plans_of, review_of
from scorecards.learning.kept import journal_named
from scorecards.learning.ordered import Item, ordering
from scorecards.learning.plans import CHARACTERS_MAX, Plan, plans_for
from scorecards.learning.review import Answered, causes_of, preventions_of, review
from scorecards.learning.shown import Incident
from sim.errors import CheckFailed, InvalidInput
from sim.replay import read_journal
from sim.scenario.key import Key
from sim.scenario.load import catalogue, find, load
from tests.scorecards.recorded import of_play
from tui.cli import main
from tui.reviewing import chosen, mixed, sheet

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ITEMS = {
    "first": Item("it weighs most", 1), "second": Item("it weighs less", 2), "third": Item("it weighs least", 3),
    "other": Item("it has nothing to do with it", None), "more": Item("neither has this", None),
}  # fmt: skip
NAMES = list(ITEMS)
picks = st.lists(st.sampled_from(NAMES), unique=True)


def key_of(scenario: str) -> Key:
    """A scenario's key."""
    key = load(find(scenario), 1).key
    assert key is not None
    return key


def in_order(items: Mapping[str, Item]) -> tuple[str, ...]:
    """What belongs, the weightiest first."""
    return tuple(name for _, name in sorted((item.rank, name) for name, item in items.items() if item.rank))


def rehearse(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """A command's exit code, output and narration."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A sealed run of the tutorial in a data folder."""
    (tmp_path / "runs").mkdir()
    return Path(shutil.copy(of_play("tutorial", "expert").path, tmp_path / "runs" / "mine.jsonl"))


@pytest.mark.parametrize(
    ("picked", "precision", "recall", "agreement", "score"),
    [
        (["first", "second", "third"], 1, 1, 1, 100),
        (["third", "second", "first"], 1, 1, 0, 50),
        (["first", "third", "second"], 1, 1, 2 / 3, 83.3),
        (["first"], 1, 1 / 3, None, 50),
        (["other", "more"], 0, 0, None, 0),
        ([], 0, 0, None, 0),
        (["first", "other", "second", "third", "more"], 3 / 5, 1, 1, 75),
    ],
)
def test_a_list_is_judged_by_what_is_in_it_and_in_which_order(
    picked: list[str], precision: float, recall: float, agreement: float | None, score: float
) -> None:
    """Precision, recall, the share of pairs in order, and a score of the three."""
    told = ordering(picked, ITEMS)
    assert (told.precision, told.recall) == pytest.approx((precision, recall))
    assert told.agreement == (None if agreement is None else pytest.approx(agreement))
    assert told.score == score


@given(picks)
def test_every_item_is_told_of_once_and_only_the_key_gets_all_points(picked: list[str]) -> None:
    """Whatever is picked, the remarks cover the key; 100 is for exactly its list in its order."""
    told = ordering(picked, ITEMS)
    assert sorted(one.name for one in told.remarks) == sorted(NAMES)
    assert [one.name for one in told.remarks][: len(picked)] == picked
    assert 0 <= told.score <= 100
    assert (told.score == 100) == (picked == ["first", "second", "third"])
    assert [one.right for one in told.remarks if one.place and one.rank is None] == [False] * sum(
        ITEMS[name].rank is None for name in picked
    )


@given(picks, st.sampled_from(["other", "more"]))
def test_what_does_not_belong_never_gains(picked: list[str], wrong: str) -> None:
    """Naming something wrong besides costs, or leaves nothing where nothing was."""
    without = [name for name in picked if name != wrong]
    assert ordering([*without, wrong], ITEMS).score <= ordering(without, ITEMS).score


def test_items_of_equal_rank_may_stand_in_any_order() -> None:
    """Where the key gives two items the same rank, neither comes first."""
    items = {**ITEMS, "also": Item("as much as the second", 2)}
    assert {ordering(["first", *middle, "third"], items).score for middle in permutations(["second", "also"])} == {
        100.0
    }


@pytest.mark.parametrize("scenario", catalogue())
def test_every_key_can_be_reviewed_to_the_full(scenario: str) -> None:
    """In each scenario its own causes, preventions and right choices, in their order, get every point."""
    key = key_of(scenario)
    causes, preventions = (in_order(items) for items in (causes_of(key), preventions_of(key)))
    told = review(key, Answered(causes, preventions, {name: one.right for name, one in key.questions.items()}))
    assert told.score == 100
    assert told.as_json()["answers"][0].keys() >= {"question", "choice", "is_right"}


@pytest.mark.parametrize("scenario", catalogue())
def test_what_is_asked_does_not_give_itself_away(scenario: str) -> None:
    """The order of the key is not the order of the sheet, unless chance has it so; nothing on it says what is right."""
    key = key_of(scenario)
    text = "\n".join(sheet(key))
    assert all(one.because not in text for one in key.questions.values())
    assert mixed({name: one.says for name, one in key.causes.items()}) == sorted(
        key.causes, key=lambda name: key.causes[name].says
    )


@pytest.mark.parametrize(
    ("answered", "problem"),
    [
        (Answered(causes=("nevertried",)), "there is no 'nevertried'"),
        (Answered(preventions=("real-vouchers", "real-vouchers")), "is named twice"),
        (Answered(answers={"whom": ("a",)}), "there is no question 'whom'"),
    ],
)
def test_names_that_the_key_does_not_have_are_said(answered: Answered, problem: str) -> None:
    """A slip of the pen is no wrong answer."""
    with pytest.raises(InvalidInput, match=problem):
        review(key_of("tutorial"), answered)


def test_a_review_is_kept_beside_its_run_and_plans_are_added(journal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next review takes the last one's place, a plan that was said twice is one, and the run stays as it is."""
    before = journal.read_bytes()
    for causes in ("too-early", "never-tried,roll-out-without-a-look"):
        assert rehearse(capsys, "review", journal, "--causes", causes)[0] == 0
    for _ in range(2):
        words = ("--when", "when errors rise ", "--will", "I will look which version fails.")
        code, out, _ = rehearse(capsys, "review", journal, *words)
        assert (code, "When errors rise, I will look which version fails." in out) == (0, True)
    told = json.loads(review_of(journal).read_text())
    assert told["review"]["causes"]["score"] == 100
    assert told["seal"] == json.loads(before.splitlines()[-1])["seal"]
    assert [plan.skills for plan in plans_of(journal)] == [("look-before-acting", "take-the-safe-way-back")]
    assert journal.read_bytes() == before


def test_a_review_is_asked_line_by_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe with --ask: numbers or names, a word that is neither is asked for again, an empty line is no answer."""
    key = key_of("tutorial")
    causes = mixed({name: one.says for name, one in key.causes.items()})
    first, second = (str(causes.index(name) + 1) for name in ("never-tried", "roll-out-without-a-look"))
    lines = iter(["nine\n", f"{first}, {second}\n", "\n"])
    monkeypatch.setattr("sys.stdin.readline", lambda: next(lines, ""), raising=False)
    code, out, _ = rehearse(capsys, "review", "tutorial", "--ask")
    assert code == 0
    assert "'nine' is none of these" in out
    assert "causes: 100 of 100" in out
    assert "preventions: 0 of 100" in out


def test_without_answers_and_without_a_terminal_it_says_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets the names to choose from, and no ranks."""
    code, out, _ = rehearse(capsys, "review", "tutorial", "--json")
    assert code == 0
    assert sorted(json.loads(out)["causes"]) == ["never-tried", "roll-out-without-a-look", "too-early"]
    assert "rank" not in out


def test_a_run_is_named_by_its_file_or_by_the_beginning_of_its_digest(journal: Path) -> None:
    """What is neither may be a scenario; a beginning that no digest has is said."""
    digest = json.loads(journal.read_text().splitlines()[-1])["digest"]
    folder = Folder(journal.parents[1])
    assert journal_named(folder, str(journal)) == journal
    assert journal_named(folder, digest[:8]) == journal
    assert [journal_named(folder, run) for run in (digest[:3], "tutorial", "' OR true --")] == [None] * 3
    with pytest.raises(InvalidInput, match="no run in"):
        journal_named(folder, "0" * 12)


def test_a_run_that_goes_on_is_not_reviewed(journal: Path) -> None:
    """What is not sealed has not ended."""
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:-1]))
    with pytest.raises(InvalidInput, match="not sealed"):
        keep(journal, None, Plan("it fails", "look", ("a",)), NOW)


@pytest.mark.parametrize(("when", "will"), [("", "look"), ("it fails", " . "), ("x" * (CHARACTERS_MAX + 1), "look")])
def test_a_plan_says_something_and_not_too_much(when: str, will: str) -> None:
    """One cue and one deed."""
    with pytest.raises(InvalidInput):
        Plan.made(when, will, ("a",), "tutorial", NOW)


def test_plans_come_back_for_their_skill_the_latest_first() -> None:
    """And only for it."""
    old, new = (Plan("it fails", will, ("a", "b"), "tutorial", made) for will, made in (("look", "1"), ("ask", "2")))
    assert plans_for("a", [old, new]) == (new, old)
    assert plans_for("c", [old, new]) == ()
    assert Plan.read(json.loads(json.dumps(new.as_json()))) == new


def test_a_prevention_is_shown_by_the_run_with_it_in_place() -> None:
    """The run is played again as it was, bit by bit, and with the gate; both with nobody's doing and with one's own."""
    recorded = of_play("tutorial", "expert")
    told = Incident.of_run(recorded, find("tutorial")).show(key_of("tutorial"), "halt-on-errors")
    as_it_was, with_it = told.rows[:2], told.rows[2:]
    assert [row.did for row in told.rows] == ["nobody acts", "what you did"] * 2
    assert recorded.tail is not None
    assert as_it_was[1].played.digest == recorded.tail["digest"]
    for before, after in zip(as_it_was, with_it, strict=True):
        assert after.played.reached.hurt < before.played.reached.hurt / 2


def test_a_journal_that_is_not_what_its_replay_gives_shows_nothing(journal: Path) -> None:
    """What a file claims is not believed."""
    lines = journal.read_text().replace('"at_ms":60000', '"at_ms":60001').splitlines(keepends=True)
    lines[-1] = lines[-1].replace('"digest":"', '"digest":"0')
    journal.write_text("".join(lines))
    with pytest.raises(CheckFailed, match="not what its replay gives"):
        Incident.of_run(read_journal(journal), find("tutorial"))


def test_a_prevention_that_nothing_shows_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    """No figures are made up for it, and an unknown one has a hint."""
    code, out, _ = rehearse(capsys, "review", "tutorial", "--show", "real-vouchers")
    assert (code, "Nothing shows this one" in out) == (0, True)
    code, _, err = rehearse(capsys, "review", "tutorial", "--show", "real-voucher")
    assert (code, "did you mean 'real-vouchers'?" in err) == (2, True)


SHOWN = [
    (scenario, name)
    for scenario in catalogue()
    for name, one in key_of(scenario).preventions.items()
    if one.shown_by is not None and (find(scenario) / "variants" / one.shown_by).is_dir()
    and one.shown_by != "production"
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("scenario", "prevention"), SHOWN)
def test_a_variant_hurts_nobody_more_than_the_incident_it_prevents(scenario: str, prevention: str) -> None:
    """With nobody's doing a prevention never makes an incident worse."""
    told = Incident(find(scenario), 7).show(key_of(scenario), prevention)
    before, after = (row.played.reached for row in told.rows)
    assert (after.damage, after.hurt) <= (before.damage, before.hurt)


@pytest.mark.parametrize(
    ("line", "names"), [("2 1", ["b", "a"]), ("b,1", ["b", "a"]), ("1 1 a", ["a"]), ("", []), (" , ", [])]
)
def test_an_answer_is_numbers_or_names(line: str, names: list[str]) -> None:
    """In the order in which they were typed, each once."""
    assert chosen(line, ["a", "b"]) == names


@pytest.mark.parametrize("line", ["3", "0", "c", "1 c"])
def test_an_answer_that_is_neither_is_refused(line: str) -> None:
    """Nothing is taken for something near it."""
    with pytest.raises(ValueError, match="none of these"):
        chosen(line, ["a", "b"])
