"""A debrief as data: whatever a report may say has its source here."""

import json

from scorecards.debrief import Debrief
from scorecards.forks import Forks
from scorecards.what_if import read_what_if
from tests.scorecards.debriefs import debrief_of
from tests.scorecards.recorded import of_play


def test_every_entry_that_a_finding_rests_on_is_in_the_timeline() -> None:
    """So that a finding can always jump to its moment."""
    for play in ("expert", "trap-naive-rollback"):
        debrief = debrief_of("not-null-column", play)
        wanted = {seq for finding in debrief.card.findings for seq in finding.evidence}
        assert wanted
        assert wanted <= {one.seq for one in debrief.timeline}


def test_the_timeline_has_every_decision_by_its_number_and_looks_and_ideas_between() -> None:
    """In the order of the journal, each with what the wall showed."""
    debrief = debrief_of("not-null-column", "expert")
    numbered = [(one.number, one.seq) for one in debrief.timeline if one.number is not None]
    assert numbered == [(one.number, one.seq) for one in debrief.decisions]
    assert {"look", "idea", "you"} <= {one.word for one in debrief.timeline}
    assert [one.seq for one in debrief.timeline] == sorted({one.seq for one in debrief.timeline})
    assert next(one.wall for one in debrief.timeline if one.number == 1) == "14:07"


def test_service_was_restored_by_the_deeds_without_which_more_are_hurt() -> None:
    """The statement and the roll-back; not the fix, which came when nobody was hurt any more."""
    debrief = debrief_of("not-null-column", "expert")
    assert [one.act.action.name for one in debrief.restored_by] == ["run_sql", "roll_back"]
    assert debrief.restored_ms is not None
    assert debrief.wall(debrief.restored_ms) == "14:13"
    assert debrief_of("not-null-column", "trap-naive-rollback").restored_by == ()


def test_the_one_thing_to_revisit_is_the_decision_that_cost_most() -> None:
    """Where every decision was sound it is the finding that lost most, and the question differs."""
    trap, good = (debrief_of("not-null-column", play).revisit for play in ("trap-naive-rollback", "expert"))
    assert (trap.number, trap.what) == (1, "decision 1. T+12:00 roll_back shop to=v2.3.0")
    assert "worse than they would have been without it" in trap.why
    assert good.number is None
    assert good.what.startswith("diagnosis")


def test_the_experts_path_stands_beside_and_is_the_experts_own_for_the_expert() -> None:
    """Its curve is the run's own, and its steps include what was looked at."""
    debrief = debrief_of("not-null-column", "expert")
    assert debrief.expert is not None
    assert debrief.expert.played.curve == debrief.curve
    assert [one.text for one in debrief.expert.steps][:3] == ["declare SEV1", "logs", "changelog"]


def test_follow_ups_come_from_the_key_and_owners_are_left_to_people() -> None:
    """Ranked ones only, the weightiest first; roles are the scenario's, and no name is made up."""
    review = debrief_of("not-null-column", "expert").review
    assert review.roles == (
        "incident lead (you)", "database administrator", "wrote PR-905", "customer support", "head of commerce",
    )  # fmt: skip
    assert review.follow_ups[0].what.startswith("Add the column nullable")
    assert not any("careful" in one.what for one in review.follow_ups)
    assert not any("careless" in one for one in review.causes)
    assert {one["owner"] for one in review.as_json()["follow_ups"]} == {None}


def test_as_json_is_plain_data_and_the_same_for_the_same_run() -> None:
    """Asked twice, from the journal, with a question on top."""
    told = []
    for _ in range(2):
        with Forks(of_play("ungated-flag", "trap-flag-off")) as forks:
            told.append(json.dumps(Debrief.of(forks, [read_what_if("drop 1")]).as_json(), allow_nan=False))
    assert told[0] == told[1]
    data = json.loads(told[0])
    assert data["what_if"][0]["what_if"] == ["drop 1"]
    assert len(data["hurt_by_minute"]) == len(next(iter(data["failing_by_minute"].values())))
