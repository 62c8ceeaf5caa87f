"""An SDK is raised under callers that nobody moved: each breaks in its own time, and what helps differs by caller."""

import re
from pathlib import Path

import pytest

from sim.actions.grep import Grep
from sim.facts import JobRan
from sim.probes import grep
from sim.scenario.load import find
from tests.worlds import Story, story

SCENARIO = "sdk-breaking-change"
CHECKOUT = "POST /checkout"
RETRY, REFUND, RENEWAL = "OrderRetryJob", "RefundProcessor", "SubscriptionRenewalJob"
SOURCE = find(SCENARIO) / "source"


def runs(now: Story, job: str) -> list[JobRan]:
    """A job's runs so far."""
    return [ran for ran in now.facts(JobRan) if isinstance(ran, JobRan) and ran.job == job]


def ship(now: Story, at: str, *fixes: str, drop: tuple[str, ...] = ()) -> None:
    """Order fixes at the twelfth minute, and deploy the release with them at a time."""
    for fix in fixes:
        now.at("12m", "order", fix=fix)
    assert now.at(at, "deploy", service="shop", base="v7.5.0", add=list(fixes), drop=list(drop)) == ()


def charges(now: Story, where: str) -> int:
    """How many charges there are for which something is true."""
    return int(now.session.engine.rows.query(f"SELECT count(*) FROM charges WHERE {where}").rows[0][0] or 0)


def test_each_caller_breaks_in_its_own_time_and_checkout_does_not() -> None:
    """At 23:20 the retries, then the first refund, at midnight all renewals."""
    with story(SCENARIO) as now:
        now.at("9m59s")
        assert [ran.failed for ran in runs(now, RETRY)] == [0, 0]
        now.at("10m")
        assert runs(now, RETRY)[-1].errors == {"NoSuchMethodError": runs(now, RETRY)[-1].total}
        assert not runs(now, RENEWAL)
        assert now.failing(CHECKOUT, "10m", "49m") < 0.004
        now.at("50m")
        assert [dict(ran.errors) for ran in runs(now, RENEWAL)] == [{"NoSuchMethodError": 3000}]


@pytest.mark.parametrize(
    ("drop", "error"),
    [((), "NoClassDefFoundError"), (("PR-1204",), None)],
    ids=["the SDK alone is pinned back", "the moved caller goes back with it"],
)
def test_the_old_sdk_needs_the_old_caller(drop: tuple[str, ...], error: str | None) -> None:
    """The moved caller names a class that 3.1 does not have; the jobs are fine either way."""
    with story(SCENARIO) as now:
        ship(now, "20m", "pin-payment-sdk", drop=drop)
        tally = now.tally(CHECKOUT, "25m", "35m")
        assert (tally.share > 0.99) is (error is not None)
        assert error is None or max(tally.errors, key=lambda name: tally.errors[name]) == error
        assert runs(now, RETRY)[-1].failed == 0


def test_reverting_the_caller_without_the_sdk_breaks_checkout_too() -> None:
    """Then checkout calls what 4.0 does not have."""
    with story(SCENARIO) as now:
        now.at("12m", "deploy", service="shop", base="v7.5.0", drop=["PR-1204"])
        assert now.tally(CHECKOUT, "16m", "20m").errors["NoSuchMethodError"] > 1000


def test_default_options_take_money_from_who_wants_it_back() -> None:
    """No error, and each refund is a charge; of the payments in doubt, those that had come through are taken again."""
    with story(SCENARIO) as now:
        ship(now, "25m", "default-options-everywhere")
        now.at("49m")
        assert runs(now, RETRY)[-1].failed == runs(now, REFUND)[-1].failed == 0
        refunds = charges(now, "reference LIKE 'refund-%' AND amount > 0")
        assert refunds >= 4
        assert now.session.engine.rows.data().totals()["rows_wrong"] > refunds
        now.at("50m")
        assert runs(now, RENEWAL)[0].errors == {"AuthenticationRequired": pytest.approx(1050, abs=60)}


def test_options_for_each_caller_are_right_for_each() -> None:
    """Refunds pay back, what was charged is not charged again, and all renewals go through."""
    with story(SCENARIO) as now:
        ship(now, "33m", "retry-options", "refund-options", "renewal-options")
        now.at("51m")
        assert now.session.engine.rows.data().totals()["rows_wrong"] == 0
        assert charges(now, "reference LIKE 'refund-%'") == charges(now, "amount < 0") >= 8
        assert charges(now, "reference LIKE 'renewal-%'") == 3000


def test_running_the_quick_fix_again_charges_again() -> None:
    """A pending charge has no receipt: the job fails after it took the money, and takes it at each run."""
    with story(SCENARIO) as now:
        ship(now, "25m", "retry-new-call")
        now.at("36m")
        stuck, before = now.session.engine.world.work[RETRY].open, charges(now, "reference LIKE 'attempt-%'")
        assert runs(now, RETRY)[-1].errors == {"NullPointerException": stuck}
        for _ in range(2):
            now.at("37m", "run_job", job=RETRY)
        assert charges(now, "reference LIKE 'attempt-%'") == before + 2 * stuck


def test_at_six_the_provider_switches_the_old_sdk_off() -> None:
    """Rolled back, everything fails from then on; moved forward, nothing does."""
    with story(SCENARIO) as back, story(SCENARIO) as forward:
        back.at("12m", "roll_back", service="shop", to="v7.4.0")
        ship(forward, "33m", "retry-options", "refund-options", "renewal-options")
        assert back.failing(CHECKOUT, "6h", "6h49m") < 0.004
        assert back.tally(CHECKOUT, "6h51m", "7h").errors["ProviderGone"] > 2000
        assert runs(back, RETRY)[-1].errors == {"ProviderGone": runs(back, RETRY)[-1].total}
        assert forward.failing(CHECKOUT, "6h51m", "7h") < 0.004


def calls(pattern: str) -> list[str]:
    """The Java files with a line in which a pattern is found."""
    files = sorted(SOURCE.rglob("*.java"))
    return [file.stem for file in files for line in file.read_text().splitlines() if re.search(pattern, line)]


def test_only_a_search_for_the_call_finds_every_caller() -> None:
    """How an argument is called differs; the method does not. What a trainee searches finds the same."""
    assert calls(re.escape("charge(amount)")) == [RETRY]
    assert calls(r"\.charge\(") == [RETRY, REFUND, RENEWAL, "CheckoutController"]
    with story(SCENARIO) as now:
        engine = now.session.engine
        assert len(grep.read(engine, Grep(pattern="charge(amount)")).splitlines()) == 1
        assert len(grep.read(engine, Grep(pattern=r"\.charge(")).splitlines()) == 4


@pytest.mark.parametrize("diff", sorted(SOURCE.glob("*.diff")), ids=lambda path: path.stem)
def test_a_diff_leads_to_what_stands_in_the_source(diff: Path) -> None:
    """Every line that a change added is in the tree, and none that it took away."""
    text = diff.read_text()
    (name,) = re.findall(r"^\+\+\+ b/(.+)$", text, re.MULTILINE)
    lines = (SOURCE / name).read_text().splitlines()
    assert {line[1:] for line in text.splitlines() if re.match(r"\+(?!\+\+ )", line)} <= set(lines)
    assert not {line[1:] for line in text.splitlines() if re.match(r"-(?!-- )", line)} & set(lines)
