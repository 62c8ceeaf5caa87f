"""Progress: skills are rated from cards, scheduled by dates that are given, and read from a folder of runs."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fsrs import Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from scorecards.archive.folder import Folder
from scorecards.archive.ingest import ingest
from scorecards.archive.spool import keep_card
from scorecards.findings import Axis, AxisScore, Band, Card, Finding
from scorecards.grade import grade
from scorecards.learning.beside import keep, review_of
from scorecards.learning.kept import Attempt, attempts
from scorecards.learning.plans import Plan
from scorecards.learning.progress import Measured, progress, trend
from scorecards.learning.schedule import Rated, memory
from scorecards.run import Run
from tests.scorecards.recorded import signed
from tests.scorecards.test_review import rehearse

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEACHES: Mapping[str, Measured] = {
    "tutorial": {"look": ("evidence", "before"), "go-back": ("harm",)},
    "other": {"look": ("evidence",)},
}
shares = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def attempt(scenario: str = "tutorial", day: int = 0, **given_: Any) -> Attempt:
    """A run on a day after the start, of which a test says only what matters to it."""
    plain: dict[str, Any] = {
        "journal": f"{scenario}-{day}", "trainee": "ann", "seed": 1, "outcome": "resolved", "score": 80.0,
        "passed": True, "hints": 0.0, "axes": {"user_harm": 80.0}, "points": {"evidence": (8.0, 10.0)},
    }  # fmt: skip
    return Attempt(scenario=scenario, played_at=START + day * DAY, **{**plain, **given_})


def test_the_scheduler_gives_its_documented_intervals() -> None:
    """Good six times, again twice, good five times, each when it is due: the days that fsrs's own tests have."""
    scheduler, at, days = Scheduler(enable_fuzzing=False), datetime(2022, 11, 29, 12, 30, tzinfo=UTC), []
    rated: list[Rated] = []
    for share in [0.7] * 6 + [0.0] * 2 + [0.7] * 5:
        rated.append(Rated(at, share))
        known = memory(rated, scheduler)
        assert known is not None
        days.append((known.due - at).days)
        at = known.due
    assert days == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


@pytest.mark.parametrize(
    ("share", "hints", "passed", "rating"),
    [
        (0.8, False, True, Rating.Easy), (0.79, False, True, Rating.Good), (0.6, False, True, Rating.Good),
        (0.59, False, True, Rating.Hard), (0.39, False, True, Rating.Again), (0.8, True, True, Rating.Good),
        (0.5, True, True, Rating.Again), (0.1, True, True, Rating.Again), (1.0, False, False, Rating.Hard),
        (0.2, False, False, Rating.Again), (1.0, True, False, Rating.Hard),
    ],
)  # fmt: skip
def test_a_rating_follows_from_band_hints_and_passing(share: float, hints: bool, passed: bool, rating: Rating) -> None:
    """P is easy, S good, M hard, U again; hints cost a step, and what did not pass is hard at best."""
    assert Rated(START, share, hints=hints, passed=passed).rating is rating


@given(shares, st.data())
def test_a_schedule_depends_on_dates_and_ratings_only(given_shares: list[float], data: st.DataObject) -> None:
    """Whatever order runs are read in, and whenever: the same memory; it is due after the last attempt."""
    rated = [Rated(START + number * 3 * DAY, share) for number, share in enumerate(given_shares)]
    shuffled = data.draw(st.permutations(rated))
    known = memory(rated)
    assert known == memory(shuffled) == memory(list(rated))
    assert known is not None
    assert timedelta(days=1) <= known.due - rated[-1].at <= timedelta(days=365)
    assert known.recalled(rated[-1].at) == 1
    assert known.recalled(known.due + 30 * DAY) < 1


@given(shares)
def test_doing_better_never_brings_a_skill_back_sooner(given_shares: list[float]) -> None:
    """Of two trainees with the same past, the one whose last attempt was better waits at least as long."""
    past = [Rated(START + number * 3 * DAY, share) for number, share in enumerate(given_shares)]
    last = START + len(past) * 3 * DAY
    dues = [memory([*past, Rated(last, share)]) for share in (0.1, 0.5, 0.7, 0.9)]
    ordered = [one.due for one in dues if one is not None]
    assert len(ordered) == 4
    assert ordered == sorted(ordered)


def test_no_attempt_is_no_memory() -> None:
    """What was never tried is not due."""
    assert memory([]) is None


def test_a_skill_goes_from_guided_to_exam() -> None:
    """Failed: guided. Shaky: a drill. When it lasts for weeks: an exam; and failed again: guided."""
    rated, modes = list[Rated](), []
    for share in (0.1, 0.7, 0.9, 0.9, 0.9, 0.1):
        at = rated[-1].at + 14 * DAY if rated else START
        rated.append(Rated(at, share))
        known = memory(rated)
        assert known is not None
        modes.append(known.mode)
    assert modes[:2] == ["guided", "drill"]
    assert modes[-2:] == ["exam", "guided"]
    assert modes == sorted(modes[:-1], key=["guided", "drill", "exam"].index) + modes[-1:]


def test_skills_are_read_from_the_criteria_that_measure_them() -> None:
    """Points of all its criteria count together; a skill of two scenarios is one; without any there is no attempt."""
    points = {"evidence": (9.0, 10.0), "before": (0.0, 10.0)}
    told = progress("ann", [attempt(points=points), attempt("other", 4)], TEACHES.__getitem__)
    (look,) = told.skills
    assert (look.name, look.bands, look.scenario) == ("look", "MP", "other")
    assert [one.share for one in look.attempts] == pytest.approx([0.45, 0.8])
    assert trend(look.bands) == "better"
    assert told.axes["user_harm"] == (80.0, 80.0)


def test_what_is_due_first_comes_first_with_its_plan_and_an_incident_that_was_not_met() -> None:
    """The command names the next seed, and the plan made for the skill is shown before the attempt."""
    plan = Plan("it fails", "look", ("go-back",), "tutorial", "2026-05-01")
    bad = attempt(points={"evidence": (9.0, 10.0), "harm": (1.0, 10.0)}, plans=(plan,))
    told = progress("ann", [bad, attempt(day=2, seed=2, points=bad.points)], TEACHES.__getitem__)
    assert [one.name for one in told.skills] == ["go-back", "look"]
    assert told.skills[0].plans == (plan,)
    assert told.skills[0].command == "rehearse play tutorial --seed 3 --mode guided"
    assert told.skills[1].plans == ()


def test_a_scenario_that_nothing_is_known_of_counts_for_the_axes_only() -> None:
    """An old archive can still be read."""
    told = progress("ann", [attempt("gone")], lambda _: {})
    assert (told.skills, told.untaught, told.runs) == ((), ("gone",), 1)


@pytest.mark.parametrize(
    ("bands", "word"), [("", ""), ("P", ""), ("UUP", "better"), ("SM", "worse"), ("PUP", "steady")]
)
def test_a_trend_holds_the_last_against_the_first(bands: str, word: str) -> None:
    """One attempt is no trend."""
    assert trend(bands) == word


CARD = Card({axis: AxisScore(70.0, Band.S) for axis in Axis}, 70.0, passed=True, hints=2.0,
            findings=(Finding("before", Axis.DIAGNOSIS, 7.0, 10.0, "it was"),))  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A data folder with nothing in it."""
    return Folder(tmp_path / "data").made()


def put(folder: Folder, name: str, trainee: str = "", day: int = 1, card: Card | None = CARD) -> Path:
    """A sealed journal, with a card beside it if there is one."""
    path = signed(folder.runs / f"{name}.jsonl", trainee=trainee, played_at=f"2026-05-{day:02}T10:00:00+00:00")
    if card is not None:
        keep_card(path, json.loads(path.read_text().splitlines()[-1])["seal"], card)
    return path


def test_runs_are_read_with_their_trainees_dates_cards_and_plans(folder: Folder) -> None:
    """In the order in which they were played; of one trainee where one is meant, and of nobody if those are meant."""
    put(folder, "a", "ann", 3)
    put(folder, "b", "bob", 1)
    put(folder, "n", "", 4)
    plan = Plan("it fails", "look", ("go-back",), "tutorial", "2026-05-02")
    keep(put(folder, "c", "ann", 2), None, plan, START)
    ingest(folder)
    assert [Path(one.journal).stem for one in attempts(folder)] == ["b", "c", "a", "n"]
    assert [Path(one.journal).stem for one in attempts(folder, "ann", unsigned=True)] == ["c", "a", "n"]
    first, last = attempts(folder, "ann")
    assert (first.played_at, last.played_at.day, last.hints) == (datetime(2026, 5, 2, 10, tzinfo=UTC), 3, 2.0)
    assert (first.plans, last.plans) == ((plan,), ())
    assert last.share(["before"]) == pytest.approx(0.7)
    assert last.share(["never-judged"]) is None
    assert last.axes == dict.fromkeys((axis.value for axis in Axis), 70.0)


def test_a_review_file_that_is_none_takes_no_run_away(folder: Folder) -> None:
    """Somebody edited it: the run counts, and its plans are not shown."""
    for name, text in (("a", "{"), ("b", "[1]"), ("c", '{"plans": [{"when": 3}]}'), ("d", '{"plans": 4}')):
        review_of(put(folder, name, name)).write_text(text)
    ingest(folder)
    assert [one.plans for one in attempts(folder)] == [()] * 4


def test_a_run_without_a_card_is_judged_by_playing_it_again(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """The command gives the bands that the run's card has, and a date from which skills are due."""
    path = put(folder, "mine", card=None)
    card = grade(Run.read(path))
    code, out, _ = rehearse(capsys, "progress", "--archive", folder.path, "--json", "--now", "2090-01-01")
    told = json.loads(out)
    assert code == 0
    assert told["axes"]["user_harm"] == [card.number("user_harm")]
    assert {one["skill"] for one in told["skills"]} == {"look-before-acting", "take-the-safe-way-back"}
    assert all(one["is_due"] and one["recalled"] < 0.7 for one in told["skills"])
    code, out, _ = rehearse(capsys, "progress", "--archive", folder.path, "--as", "nobody")
    assert (code, out) == (0, "no run of nobody is kept here yet\n")


def test_a_folder_that_nobody_kept_a_run_in_has_no_progress(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And none is made by asking."""
    code, out, _ = rehearse(capsys, "progress", "--archive", tmp_path / "none", "--all")
    assert (code, out) == (0, "no run is kept here yet\n")
    assert not (tmp_path / "none").exists()


def test_the_table_has_a_line_for_each_skill_and_its_plan(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """What to repeat, when, how, and what was planned for it."""
    keep(put(folder, "a", "ann"), None, Plan("it fails", "look", ("look-before-acting",), "tutorial"), START)
    code, out, _ = rehearse(capsys, "progress", "--archive", folder.path, "--as", "ann", "--now", "2026-06-01")
    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith("look-before-acting  ")]
    assert re.fullmatch(r"\S+ +S +now +\d+% +rehearse play tutorial --seed 1 --mode drill", line)
    assert "look-before-acting: When it fails, I will look." in out


def test_a_date_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the form that it should have."""
    code, _, err = rehearse(capsys, "progress", "--archive", tmp_path, "--now", "soon")
    assert (code, "2026-05-01" in err) == (2, True)
