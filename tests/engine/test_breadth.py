"""One of everything the language has: SDKs, jobs, guards over rows, harm, retries, gates, faults, pools."""

import shutil
from pathlib import Path

import pytest

from sim.facts import AlertFired, JobRan, MessageArrived, RolloutHalted
from tests.worlds import Story, story

HERE = Path(__file__).parent / "breadth"
LOGIN, PAY = "POST /login", "POST /pay"


@pytest.fixture(scope="module")
def whole() -> Story:  # type: ignore[misc]
    """The story as it is told when nobody does anything."""
    with story(HERE, 3) as now:
        now.at("60m")
        yield now  # type: ignore[misc]


@pytest.mark.parametrize(
    ("endpoint", "start", "stop", "error", "share"),
    [
        (PAY, "10m", "40m", None, 0.0),
        (PAY, "40m5s", "42m55s", "ServiceUnavailable", 1.0),
        (PAY, "45m5s", "47m55s", "BankAway", 0.4),
        (LOGIN, "54m30s", "55m50s", "PoolTimeout", 0.7),
    ],
    ids=[
        "moved callers are fine on the new SDK",
        "no instance answers",
        "a dependency is out for some",
        "a slow database",
    ],
)
def test_a_fault_does_what_it_is(
    whole: Story, endpoint: str, start: str, stop: str, error: str | None, share: float
) -> None:
    """Crash, outage and a slow database, each for its time and not beyond."""
    tally = whole.tally(endpoint, start, stop)
    assert tally.share == pytest.approx(share, abs=0.05)
    assert error is None or tally.errors[error] >= 0.9 * tally.failed


def test_a_surge_brings_three_times_the_requests(whole: Story) -> None:
    """And nobody fails of it where there is room."""
    usual, surge = whole.tally(PAY, "48m10s", "49m50s"), whole.tally(PAY, "50m10s", "51m50s")
    assert surge.total / usual.total == pytest.approx(3, abs=0.3)


def test_harm_falls_as_users_put_it_right(whole: Story) -> None:
    """Fifteen in a hundred are asked again, each once: the share falls with the rows that are still wrong."""
    shares = [
        tally.harmed / tally.total for tally in (whole.tally(LOGIN, f"{at}m", f"{at + 2}m") for at in (6, 16, 26, 36))
    ]
    assert shares[0] == pytest.approx(0.145, abs=0.02)
    assert sorted(shares, reverse=True) == shares
    harmed = whole.tally(LOGIN, "0s", "60m").harmed
    assert 3000 - whole.session.engine.rows.data().totals()["rows_wrong"] == pytest.approx(harmed, rel=0.15)


def test_a_job_meets_the_method_that_is_gone_in_its_own_time(whole: Story) -> None:
    """At midnight, half an hour into the story, all of the batch."""
    (ran,) = whole.facts(JobRan)
    assert isinstance(ran, JobRan)
    assert (ran.total, ran.failed, dict(ran.errors)) == (3000, 3000, {"NoSuchMethodError": 3000})


def test_the_story_hears_of_deploys_and_alerts(whole: Story) -> None:
    """A line with a condition is told when it first holds, and once."""
    assert [said.text for said in whole.facts(MessageArrived) if isinstance(said, MessageArrived)] == [
        "v2 is everywhere",
        "an alert!",
    ]
    assert whole.facts(AlertFired)


def test_the_error_gate_halts_a_roll_out_that_fails() -> None:
    """One instance in four fails for everybody, and there it stays."""
    with story(HERE, 3) as now:
        now.at("10m", "deploy", service="site", release="v4")
        assert now.failing(PAY, "11m", "14m") == pytest.approx(0.25, abs=0.03)
        assert len(now.facts(RolloutHalted)) == 1


def test_code_for_an_sdk_that_is_not_there_fails_for_everybody() -> None:
    """The call names a class that 3.1 does not have."""
    with story(HERE, 3) as now:
        now.at("10m", "deploy", service="site", release="v5")
        tally = now.tally(PAY, "11m", "14m")
        assert tally.errors["NoClassDefFoundError"] == tally.failed > 0


@pytest.mark.parametrize(("percent", "share"), [(0, 0.0), (50, 0.1), (100, 0.2)])
def test_a_flag_gates_a_step(percent: int, share: float) -> None:
    """A fifth of the requests, of those that the flag is on for; they fail after the retry's delay."""
    with story(HERE, 3) as now:
        now.at("8m", "set_flag", flag="surcharge", percent=percent)
        now.at("8m", "deploy", service="site", release="v3")
        assert now.failing(PAY, "10m", "30m") == pytest.approx(share, abs=0.015)
        now.session.engine.settle()
        latency = now.session.engine.traffic.latency(PAY, 600, 1800)
        assert (latency.p99_ms > 450) is (percent > 0)


def test_two_pools_share_the_arrivals_by_weight(tmp_path: Path) -> None:
    """Blue and green over one database: each judged by itself, and only what has weight is met."""
    folder = tmp_path / "breadth"
    shutil.copytree(HERE, folder)
    file = folder / "scenario.yaml"
    pools = (
        "pools:\n  blue: {release: v1, instances: 4, weight: 75}\n  green: {release: v4, instances: 4, weight: 25}\n"
    )
    file.write_text(file.read_text().replace("people:\n", pools + "people:\n"))
    with story(folder, 3) as now:
        assert now.failing(PAY, "0s", "5m") == pytest.approx(0.25, abs=0.03)
        assert {slot.pool for slot in now.session.engine.world.serving["site"].slots} == {"blue", "green"}
