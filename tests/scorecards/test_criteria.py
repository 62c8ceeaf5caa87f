"""Each criterion by a table: what somebody did, and whether it is worth more than what somebody else did."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import criteria
from scorecards.criteria.catalogue import CRITERIA, NAMES
from scorecards.figures import Figures
from scorecards.run import Run
from scorecards.scales import between, falling
from scorecards.truth import severities
from sim.clock import MINUTE
from tests.scorecards.runs import did, finding, own, share

WAY_BACK = ("3m", "roll_back", {"service": "shop", "to": "v1.0"})
LOOK = ("2m30s", "look", {"what": "logs"})
CLAIM = ("6m", "resolve", {})
TOO_SOON = ("2m30s", "resolve", {})


def back() -> Run:
    """Somebody looked, went back, and said that it was over when it was."""
    return did(LOOK, ("2m40s", "look", {"what": "changelog"}), WAY_BACK, CLAIM)


def nothing() -> Run:
    return own("tutorial", "do-nothing")


def back_saying(errors: str) -> tuple[str, str, dict[str, object]]:
    """The way back, with a prediction."""
    at, action, arguments = WAY_BACK
    return at, action, {**arguments, "predict": {"errors": errors, "confidence": 95, "within": "2m"}}


def said(*steps: tuple[str, str, dict[str, object]]) -> Callable[[], Run]:
    return lambda: did(*steps)


BETTER: list[tuple[str, Callable[[], Run], Callable[[], Run]]] = [
    ("harm", back, nothing),
    ("harm", nothing, lambda: did(("3m", "scale", {"service": "shop", "instances": 0}))),
    ("burn", back, nothing),
    ("restored", back, nothing),
    ("restored", back, lambda: own("tutorial", "alt-fix-forward")),
    ("all_clear", nothing, said(TOO_SOON)),
    ("lost", lambda: own("not-null-column", "do-nothing"), lambda: own("not-null-column", "trap-drop-column")),
    ("reached", back, nothing),
    ("no_worse", nothing, lambda: did(("3m", "scale", {"service": "shop", "instances": 0}))),
    ("looked_first", back, said(WAY_BACK)),
    ("knowing", lambda: own("not-null-column", "expert"), lambda: own("not-null-column", "trap-drop-column")),
    ("contingency", lambda: own("not-null-column", "expert"), lambda: own("not-null-column", "trap-drop-column")),
    ("true_end", back, said(TOO_SOON)),
    ("steady", back, said(*[(f"{minute}m", "roll_back", {"service": "nobody"}) for minute in range(3, 9)])),
    ("evidence", lambda: own("tutorial", "expert"), back),
    ("evidence", said(LOOK, WAY_BACK), said(WAY_BACK, ("4m", "look", {"what": "logs"}))),
    ("before", back, said(WAY_BACK)),
    ("named", said(("3m", "hypothesis", {"says": "PR-12 did it: every order with a voucher fails since v1.1"})),
     said(("3m", "hypothesis", {"says": "the network is slow today"}))),
    ("named", said(("3m", "answer", {"question": "which", "choice": ["pr-12"]})),
     said(("3m", "answer", {"question": "which", "choice": ["pr-11"]}))),
    ("calibration", said(back_saying("down")), said(back_saying("up"))),
    ("severity", said(("3m", "declare", {"severity": "SEV2"})), said(("3m", "declare", {"severity": "SEV4"}))),
    ("severity", said(("2m", "declare", {"severity": "SEV2"})), nothing),
    ("cadence", said(("3m", "post_update", {"text": "Orders fail."})), nothing),
    ("cadence", said(("3m", "post_update", {"text": "Orders fail."})),
     said(("3m", "post_update", {"text": "All is well.", "claim": "resolved"}))),
    ("truthful", back, said(TOO_SOON)),
    ("truthful", said(("3m", "post_update", {"text": "It fails.", "claim": "identified"}), WAY_BACK, CLAIM),
     said(("3m", "post_update", {"text": "It is over.", "claim": "mitigated"}), WAY_BACK, CLAIM)),
    ("roles", said(("3m", "page", {"person": "dev"})), nothing),
    ("plan", said(("3m", "post_update", {"text": "We roll back."}), WAY_BACK), said(WAY_BACK)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "one", "other"), [pytest.param(*row, id=f"{row[0]} {n}") for n, row in enumerate(BETTER)]
)
def test_the_better_one_is_worth_more(name: str, one: Callable[[], Run], other: Callable[[], Run]) -> None:
    """Of two things that were done, the criterion gives more to the one that its name speaks of."""
    assert share(name, one()) > share(name, other())


def test_rows_that_are_wrong_cost_by_their_kind() -> None:
    """What was wrong before and is mended earns; what was made wrong costs, under its own name."""
    run = own("tutorial", "expert")
    case = run.case
    assert case is not None
    known = {**case.plays, "do-nothing": Figures(wrong={"asked": 100.0}), "trap": Figures(wrong={"trusted": 50.0})}
    here = replace(run, case=replace(case, plays=known))
    for wrong, shares in (({}, (1, 1)), ({"asked": 100.0}, (0.5, 1)), ({"trusted": 50.0}, (0.5, 0))):
        here.__dict__["figures"] = Figures(wrong=wrong)
        assert (share("wrong", here), share("made", here)) == pytest.approx(shares, abs=0.3)
    assert "50 trusted" in finding("wrong", here).why


def test_work_that_is_due_and_not_done_costs() -> None:
    """Between the good way, doing nothing, and worse; who owes nothing is not asked."""
    run = own("three-changes", "do-nothing")
    assert run.case is not None
    here = replace(run, case=replace(run.case, plays={"expert": Figures(), "do-nothing": Figures(work=400.0)}))
    shares = []
    for undone in (0, 200, 400, 800):
        here.__dict__["figures"] = Figures(work=undone)
        shares.append(share("work", here))
    assert shares == sorted(shares, reverse=True)
    assert (shares[0], shares[2]) == pytest.approx((1, 0.25))
    assert finding("work", nothing()).possible == 0


def test_every_criterion_of_the_table_is_known_and_all_are_in_it() -> None:
    """A criterion that nobody has tried on two runs is a criterion that nobody knows."""
    assert set(NAMES) - {name for name, _, _ in BETTER} == {"hints", "wrong", "made", "work"}


def test_a_criterion_is_a_file() -> None:
    """The folder's listing is the list of questions."""
    files = {path.stem for path in Path(criteria.__file__).parent.glob("*.py")}
    assert files - {"__init__", "catalogue", "sql"} == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)
    assert all(one.judge.__doc__ for one in CRITERIA)


RUNS = [("tutorial", "expert"), ("tutorial", "degenerate-silence"), ("not-null-column", "expert"),
        ("not-null-column", "trap-drop-column"), ("three-changes", "trap-heal-what-shows")]  # fmt: skip


@pytest.mark.parametrize(("scenario", "play"), RUNS)
def test_findings_cite_what_is_there_and_give_no_more_than_they_can(scenario: str, play: str) -> None:
    """Every seq is an entry of the journal, points lie between nothing and what is possible, each has a sentence."""
    run = own(scenario, play)
    for criterion in CRITERIA:
        found = criterion.judge(run)
        assert (found.criterion, found.axis) == (criterion.name, criterion.axis)
        assert 0 <= found.earned <= found.possible <= criterion.possible
        assert all(run.entries[seq].seq == seq for seq in found.evidence)
        assert found.why
        assert criterion.judge(run) == found


AMOUNTS = st.floats(0, 1e6)


@settings(max_examples=60)
@given(less=AMOUNTS, more=AMOUNTS, good=AMOUNTS, nothing=AMOUNTS)
def test_more_harm_never_scores_higher(less: float, more: float, good: float, nothing: float) -> None:
    """The scales fall: whatever is known of the good way and of doing nothing."""
    low, high = sorted((less, more))
    assert 0 <= between(high, good, nothing) <= between(low, good, nothing) <= 1
    assert 0 <= falling(high, nothing) <= falling(low, nothing) <= 1


@settings(max_examples=60)
@given(
    amounts=st.tuples(AMOUNTS, AMOUNTS), kind=st.sampled_from(["harm", "burn", "work", "lost", "overwritten", "worse"])
)
def test_no_criterion_gives_more_for_more_of_it(amounts: tuple[float, float], kind: str) -> None:
    """Of two runs that differ in one cost only, no criterion gives more points to the costlier."""
    base = own("three-changes", "do-nothing")
    low, high = sorted(amounts)
    points = []
    for amount in (low, high):
        run = replace(base)
        run.__dict__["figures"] = replace(base.figures, **{kind: amount})
        points.append([criterion.judge(run).earned for criterion in CRITERIA])
    assert all(more <= less for less, more in zip(*points, strict=True))


def test_hints_have_their_price() -> None:
    """The finding says what they cost; the grade takes it off the total."""
    from scorecards.grade import grade

    plain, helped = did(LOOK), did(LOOK, ("2m40s", "hint", {}), ("2m50s", "hint", {}))
    assert "7 points" in finding("hints", helped).why
    assert grade(helped).score == pytest.approx(grade(plain).score - 7, abs=0.1)


def test_long_before_anything_happens_nobody_is_hurt() -> None:
    """A severity that is declared then is held against a calm world."""
    run = own("tutorial", "do-nothing")
    assert severities(run, run.incident_ms - 30 * MINUTE)[1] > severities(run, run.incident_ms + 30 * MINUTE)[0]
