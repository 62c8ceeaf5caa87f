"""Faults come and go: a session that does not end, lifting by name, and noise that changes nothing that is true."""

from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.facts import AlertCleared, AlertFired, FaultLifted, LocksFreed
from sim.scenario.load import load
from tests.worlds import Story, edited, story

DEPLOY = "  - {at: 5m, deploy: v2.4.0, service: shop}\n"
ORDERS, CUSTOMERS = "POST /orders", "GET /customers/{id}"
REPORT = "fault: {long_session: {name: report, holds: {orders: AccessShareLock}}}"


def without_report(tmp_path: Path, *lines: str) -> Path:
    """The scenario without its own report, and with these lines of the story before the deploy."""
    return edited(
        tmp_path,
        "not-null-column",
        ("{0m: 0.7, 35m: 0.15, 60m: 0.15}", "[0m]"),
        (DEPLOY, "".join(f"  - {line}\n" for line in lines) + DEPLOY),
    )


def altered(now: Story, at: str) -> None:
    """A statement that has to wait for whoever reads."""
    now.at(at, "run_sql", sql="ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'")


def test_a_long_session_holds_up_a_schema_change_and_all_who_come_after_it(tmp_path: Path) -> None:
    """Idle in its transaction, it reads orders; ALTER waits behind it, and orders wait behind ALTER."""
    with story(without_report(tmp_path, f"{{at: 10m, {REPORT}, for: 6m}}")) as now:
        altered(now, "11m")
        assert now.failing(ORDERS, "13m", "15m") > 0.99
        assert now.session.look("locks").startswith("report holds AccessShareLock on orders")
        assert now.failing(CUSTOMERS, "17m", "19m") < 0.01
        assert now.failing(ORDERS, "18m", "20m") == pytest.approx(0.15, abs=0.03)
        assert now.session.look("sessions") == "no sessions but the application's"


def test_a_long_session_can_be_ended_and_its_fault_lifted_later_in_vain(tmp_path: Path) -> None:
    """Whoever ends it loses its work; when the fault is over there is nothing left to end."""
    with story(without_report(tmp_path, f"{{at: 10m, {REPORT}, for: 6m}}")) as now:
        altered(now, "11m")
        assert now.at("12m", "end_session", session="report") == ()
        assert now.failing(ORDERS, "13m", "15m") == pytest.approx(0.15, abs=0.03)
        now.at("20m")
        assert now.session.look("sessions") == "no sessions but the application's"


def test_a_session_that_runs_a_statement_can_be_cancelled(tmp_path: Path) -> None:
    """One that is idle in its transaction has no statement; one that runs has, and its locks go with it."""
    running = REPORT.replace("name: report,", "name: report, runs: SELECT count(*) FROM orders,")
    with story(without_report(tmp_path, f"{{at: 10m, {running}}}")) as now:
        altered(now, "11m")
        assert now.at("12m", "cancel_statement", session="report") == ()
        assert "report" in [freed.session for freed in now.facts(LocksFreed)]  # type: ignore[attr-defined]
        assert now.failing(ORDERS, "13m", "15m") == pytest.approx(0.15, abs=0.03)


def test_a_line_of_the_story_lifts_a_fault_by_its_name(tmp_path: Path) -> None:
    """The crash lasts until another line lifts it, and a fault that is over cannot be lifted again."""
    crash = "{at: 2m, name: the crash, fault: {crash: {instances: 12}}}"
    lines = (crash, "{at: 4m, lift: the crash}", "{at: 4m30s, lift: the crash}")
    with story(without_report(tmp_path, *lines)) as now:
        assert now.failing(CUSTOMERS, "2m5s", "3m55s") == 1
        assert now.failing(CUSTOMERS, "4m5s", "5m") == 0
        assert len(now.facts(FaultLifted)) == 1


def test_a_fault_is_lifted_when_a_condition_holds(tmp_path: Path) -> None:
    """The condition is looked at like any other of the story."""
    lines = (
        "{at: 2m, name: bank, fault: {outage: {endpoint: POST /orders, as: BankAway}}}",
        "{when: {error_rate: {endpoint: POST /orders, over: 0.5, for: 1m}}, lift: bank}",
    )
    with story(without_report(tmp_path, *lines)) as now:
        assert now.tally(ORDERS, "2m5s", "2m55s").errors["BankAway"] > 1000
        assert now.failing(ORDERS, "4m5s", "5m") < 0.01


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{at: 4m, lift: nobody}", "no fault is called 'nobody'"),
        ("{at: 4m, lift: a, fault: {crash: {}}}", "a line of the story does one thing"),
        ("{at: 4m, name: a, deploy: v2.4.0}", "`name:` belongs to a fault"),
        ("{at: 4m, fault: {long_session: {name: r, holds: {order: ShareLock}}}}", "there is no table 'order'"),
        (f"{{at: 4m, {REPORT.replace('report', 'finance-report')}}}", "two sessions are called 'finance-report'"),
    ],
)
def test_a_fault_that_cannot_be_is_said_before_anything_runs(tmp_path: Path, line: str, said: str) -> None:
    """With the place and the next step, like every mistake of an author."""
    with pytest.raises(InvalidInput) as error:
        load(without_report(tmp_path, line))
    assert said in str(error.value)


def test_a_false_alert_changes_no_count(tmp_path: Path) -> None:
    """Noise is noise: it pages, it clears, and the requests are the same ones, second by second."""
    noise = "{at: 7m, fault: {false_alert: {text: disk of the build server is full}}, for: 20m}"
    results = []
    for lines in ((noise,), ()):
        (tmp_path / str(len(lines))).mkdir()
        with story(without_report(tmp_path / str(len(lines)), *lines)) as now:
            now.at("13m", "roll_back", service="shop")
            now.at("60m")
            fired = [one for one in now.facts(AlertFired) if one.alert.startswith("disk")]  # type: ignore[attr-defined]
            cleared = [one for one in now.facts(AlertCleared) if one.alert.startswith("disk")]  # type: ignore[attr-defined]
            assert len(fired) == len(cleared) == len(lines)
            result = now.session.finish()
            results.append((result.traffic.digest(3600), result.outcome, result.requests, result.data))
    assert results[0] == results[1]
