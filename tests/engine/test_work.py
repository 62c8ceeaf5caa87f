"""Work that is due: items stay open until they are done, are tried again as they are, and have deadlines."""

from pathlib import Path

import pytest

from sim.clock import MINUTE, SECOND
from sim.facts import Ended, JobRan, MessageArrived, WorkDue, WorkOverdue
from sim.world import Workload
from tests.worlds import Story, story

HERE = Path(__file__).parent / "work"
PAY = "POST /pay"


def load(now: Story, job: str) -> Workload:
    """How a job's work stands."""
    return now.session.engine.world.work[job]


def runs(now: Story, job: str) -> list[JobRan]:
    """A job's runs so far."""
    return [ran for ran in now.facts(JobRan) if isinstance(ran, JobRan) and ran.job == job]


def count(now: Story, where: str) -> int:
    """How many charges there are for which something is true."""
    return int(now.session.engine.rows.query(f"SELECT count(*) FROM charges WHERE {where}").rows[0][0] or 0)


def broken(now: Story, start: str, stop: str) -> None:
    """The code is broken from one time to another."""
    now.at(start, "set_flag", flag="broken", percent=100)
    now.at(stop, "set_flag", flag="broken", percent=0)


def test_on_a_good_day_everything_is_done_when_it_is_due() -> None:
    """Nothing stays open, nothing is charged twice, and each item leaves its row."""
    with story(HERE, 3) as now:
        now.at("3h")
        assert {job: (done.due, done.open, done.overdue) for job, done in now.session.engine.world.work.items()} == {
            "plain": (152, 0, 0), "keyed": (152, 0, 0), "asked": (36, 0, 0), "nightly": (100, 0, 0),
        }  # fmt: skip
        assert count(now, "reference LIKE 'plain-%'") == count(now, "reference LIKE 'keyed-%'") == 152
        assert now.session.engine.rows.data().totals()["rows_wrong"] == 0


def test_what_comes_by_itself_comes_once_in_each_stretch_and_at_other_times_for_other_seeds() -> None:
    """Twelve an hour: one in each five minutes, at a moment that the seed picks."""
    times = []
    for seed in (1, 2):
        with story(HERE, seed) as now:
            now.at("2h")
            times.append([
                entry.at_ms for entry in now.session.journal.entries
                if isinstance(entry.fact, WorkDue) and entry.fact.job == "asked"
            ])  # fmt: skip
    assert [at_ms // (5 * MINUTE) for at_ms in times[0]] == list(range(24))
    assert times[0] != times[1]


def test_a_failed_item_is_tried_again_as_the_same_item() -> None:
    """Half of the items are odd; the same ones fail at each run, until the code is right again."""
    with story(HERE, 3) as now:
        broken(now, "5m", "45m")
        now.at("49m")
        first, *_, last = [ran for ran in runs(now, "plain") if ran.failed]
        assert (first.total, last.total - last.failed) == (8, last.total - load(now, "plain").open)
        tried_in_vain = load(now, "plain").open
        assert 8 <= tried_in_vain <= 24
        now.at("51m")
        assert (runs(now, "plain")[-1].total, load(now, "plain").open) == (8 + tried_in_vain, 0)


def test_a_plain_insert_charges_at_each_try_and_a_key_does_not() -> None:
    """What was committed before the failure stays, and the next try does it again."""
    with story(HERE, 3) as now:
        broken(now, "5m", "35m")
        now.at("55m")
        tried = sum(ran.total for ran in runs(now, "plain"))
        assert tried > load(now, "plain").due == 48
        assert count(now, "reference LIKE 'plain-%'") == tried
        assert count(now, "reference LIKE 'keyed-%'") == load(now, "keyed").due
        failed_first = sum(ran.failed for ran in runs(now, "plain")[1:2])
        assert now.session.engine.rows.data().totals()["rows_wrong"] >= failed_first > 0


def test_running_a_job_again_charges_again() -> None:
    """Each run of what is half done is one more charge."""
    with story(HERE, 3) as now:
        now.at("5m", "set_flag", flag="broken", percent=100)
        now.at("11m")
        half_done, charges = load(now, "plain").open, count(now, "reference LIKE 'plain-%'")
        for _ in range(2):
            now.at("12m", "run_job", job="plain")
        assert half_done > 0
        assert count(now, "reference LIKE 'plain-%'") == charges + 2 * half_done


def test_a_request_that_fails_after_a_commit_leaves_its_charge() -> None:
    """A quarter of the payments fail on the way out, and all of them were charged."""
    with story(HERE, 3) as now:
        broken(now, "5m", "65m")
        tally = now.tally(PAY, "0s", "72m")
        assert tally.failed / now.tally(PAY, "5m", "65m").total == pytest.approx(0.25, abs=0.03)
        assert count(now, "reference LIKE 'pay-%'") == tally.total


def test_a_paused_job_lets_work_pile_up_and_deadlines_pass() -> None:
    """Half an hour after the first item came, it is overdue; resumed, what comes by itself is worked on at once."""
    with story(HERE, 3) as now:
        now.at("1s", "pause_job", job="asked")
        now.at("60m")
        assert (load(now, "asked").due, load(now, "asked").done) == (12, 0)
        assert load(now, "asked").overdue == load(now, "asked").late == 6
        assert now.at("60m", "pause_job", job="asked")[0].why == "asked is paused already"
        now.at("60m", "resume_job", job="asked")
        assert (load(now, "asked").open, load(now, "asked").overdue, load(now, "asked").late) == (0, 6, 0)


def test_work_by_a_time_of_the_day_is_overdue_when_it_strikes() -> None:
    """Due at midnight, failed, not run again: overdue at one; the story hears of both."""
    with story(HERE, 3) as now:
        now.at("115m", "set_flag", flag="broken", percent=100)
        now.at("179m59s")
        assert (load(now, "nightly").failing, load(now, "nightly").overdue) == (100, 0)
        now.at("180m")
        assert load(now, "nightly").overdue == 100
        assert WorkOverdue(job="nightly", count=100) in now.facts(WorkOverdue)
        said = [message.text for message in now.facts(MessageArrived) if isinstance(message, MessageArrived)]
        assert said == ["the night's work failed", "somebody waits"]


def test_a_job_can_be_run_when_something_is_due_and_not_before() -> None:
    """A failed night is mended by running the job again; before midnight there is nothing to run."""
    with story(HERE, 3) as now:
        refused = now.at("100m", "run_job", job="nightly")
        assert [refusal.why for refusal in refused] == ["nothing is due for nightly"]
        broken(now, "115m", "130m")
        now.at("131m", "pause_job", job="nightly")
        assert now.at("131m", "run_job", job="nightly") == ()
        assert (load(now, "nightly").open, load(now, "nightly").overdue) == (0, 0)


def end(now: Story) -> str:
    """How it ends when everybody waits until the limit."""
    now.at("4h")
    return now.session.finish().outcome


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        pytest.param([], "resolved", id="nothing is wrong"),
        pytest.param([("20m", "pause_job", {"job": "asked"})], "timed_out", id="a job rests, and its items are late"),
        pytest.param([("179m", "pause_job", {"job": "asked"})], "timed_out", id="a job rests, nothing is late yet"),
        pytest.param(
            [("115m", "set_flag", {"flag": "broken", "percent": 100})], "timed_out", id="the night's work fails"
        ),
        pytest.param(
            [
                ("115m", "set_flag", {"flag": "broken", "percent": 100}),
                ("124m", "set_flag", {"flag": "broken", "percent": 0}),
                ("150m", "run_job", {"job": "nightly"}),
            ],
            "resolved",
            id="the night's work is done at the second try, in time",
        ),
    ],
)
def test_a_claim_made_early_is_held_until_the_work_can_be_judged(
    what: list[tuple[str, str, dict[str, object]]], outcome: str
) -> None:
    """Somebody says at the tenth minute that all is well: at one in the morning it is, or it is not."""
    with story(HERE, 3) as now:
        now.at("10m", "resolve")
        for at, action, arguments in what:
            now.at(at, action, **arguments)
        assert end(now) == outcome
        ended = now.session.journal.entries[-1]
        assert isinstance(ended.fact, Ended)
        assert (ended.at_ms == 180 * MINUTE) is (outcome == "resolved")


def test_a_switched_off_sdk_fails_whoever_calls_with_it() -> None:
    """Version 1 gets no answer from half past one on; version 2 does."""
    with story(HERE, 3) as old, story(HERE, 3) as new:
        new.at("1h", "deploy", service="shop", release="v2")
        for now in (old, new):
            now.at("3h35m")
            now.at("3h41m")
        assert runs(old, "plain")[-1].errors == {"ProviderGone": 16}
        assert runs(new, "plain")[-1].failed == 0
        assert count(old, "reference LIKE 'plain-%'") == 168  # whom nobody answers writes nothing


def test_observed_or_not_the_digest_is_the_same() -> None:
    """In one go, every second minute with a query, and second by second around midnight."""
    digests = []
    for step_ms in (None, 2 * MINUTE, 7 * SECOND):
        with story(HERE, 5) as now:
            now.at("20m", "set_flag", flag="broken", percent=60)
            while step_ms is not None and now.session.now_ms + step_ms < 130 * MINUTE:
                now.session.advance(now.session.now_ms + step_ms)
                if step_ms > MINUTE:
                    now.session.look("jobs")
                    now.session.engine.rows.query("SELECT count(*) FROM charges")
            now.at("130m", "run_job", job="nightly")
            now.at("140m")
            digests.append((now.session.finish().digest, now.session.engine.rows.tables().digest("charges")))
    assert digests[0] == digests[1] == digests[2]
