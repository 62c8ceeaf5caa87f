"""Rows: the line of truth, moments, answers, logs and previews."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sim.scenario.load import find
from sim.session import Session
from tests.worlds import Story
from tui.views.aim import Aim, Pace, aimed, zoomed
from tui.views.answers import diff_rows, schema_rows, table_rows
from tui.views.observer import Observer
from tui.views.preview import preview
from tui.views.spans import row, wrapped
from tui.views.symbols import ASCII, BRAILLE
from tui.views.truth import Truth, truth_bar

TRUTH = Truth(
    scenario="x", severity="SEV1", clock="T+07:42", wall="08:42", limit="30m", share=5.19, budget_left=61.0,
    burn=14.2, unread=2, alerts=1, busy=("shop rolls out",), hints=1, mode="drill", speed=6.0,
    paused=False, outcome=None, passed=0.2,
)  # fmt: skip


@pytest.fixture(scope="module")
def told() -> Iterator[Story]:
    """Not-null-column, nine minutes in, with a severity and a refused roll-back."""
    with Session.open(find("not-null-column"), 7) as session:
        story = Story(session)
        story.at("7m", "declare", severity="SEV1")
        story.at("9m", "roll_back", service="shopp")
        yield story


@pytest.mark.parametrize(
    ("width", "has"),
    [(80, ["SEV1", "T+07:42/30m", "budget 61%", "▲14.2x", "!1", "2 new", "LIVE 6x"]),
     (120, ["SEV1", "08:42", "5.19 % failing", "budget 61.0 %", "burn ▲14.2x", "1 alert", "2 unread", "LIVE 6x"]),
     (190, ["shop rolls out", "drill, 1 hint"])],
)  # fmt: skip
def test_the_line_of_truth_says_the_most_important_first(width: int, has: list[str]) -> None:
    """At eighty columns severity, clock, budget, burn, alerts, mail and state are there; with more room the rest."""
    text = truth_bar(TRUTH, width, BRAILLE).text
    assert [word for word in has if word not in text] == []
    assert len(text) <= width
    assert truth_bar(TRUTH, width, ASCII).text.replace("▲", "^").isascii()


@pytest.mark.parametrize(
    ("truth", "held", "word"),
    [(TRUTH, 38, "HELD +38 lines"), (replace(TRUTH, paused=True), None, "PAUSED"),
     (replace(TRUTH, speed=0.0), None, "STEP BY STEP"), (replace(TRUTH, outcome="timed_out"), 3, "TIMED OUT")],
)  # fmt: skip
def test_whether_time_passes_is_always_said(truth: Truth, held: int | None, word: str) -> None:
    """Live, held, paused, step by step, or over."""
    assert word in truth_bar(truth, 80, BRAILLE, held).text


def test_a_picture_tells_what_is_new_and_no_cause(told: Story) -> None:
    """Deploy, migration, alert and decisions are told once; causes that nobody has found are not told at all."""
    observer = Observer(told.session, BRAILLE)
    frame = observer.frame(Aim(), Pace("drill", 6.0, paused=False))
    words = [one.word for one, _ in frame.moments]
    assert {"DEPLOY", "MIGRATE", "severity", "you", "refused"} <= set(words)
    hidden = {"FaultBegan", "RowsMoved", "LockQueued", "SessionOpened", "TagMoved"}
    assert not hidden & {type(told.session.journal.entries[one.seq].fact).__name__ for one, _ in frame.moments}
    assert [chart.name for chart in frame.charts[:4]] == ["errors", "p99", "requests", "waiting"]
    assert frame.charts[0].over
    assert frame.charts[0].before == pytest.approx(0.05, abs=0.03)
    assert any("order_metadata" in line.text for line in frame.lines)
    failed = sum(told.tally(name, "0s", "9m").failed for name in frame.scopes)
    assert sum(line.count for line in frame.lines if line.level == "ERROR" and line.source == "shop") == failed
    again = observer.frame(Aim(), Pace("drill", 6.0, paused=False))
    assert (again.moments, again.lines) == ((), ())


def test_charts_of_an_endpoint_are_its_own(told: Story) -> None:
    """What fails is one endpoint; another one is well."""
    observer, pace = Observer(told.session, BRAILLE), Pace("drill", 6.0, paused=False)
    bad = observer.frame(Aim("POST /orders"), pace).charts[0]
    good = observer.frame(Aim("GET /customers/{id}"), pace).charts[0]
    assert bad.now is not None
    assert bad.now > 10
    assert good.now == 0
    assert "POST /orders" in bad.of


@pytest.mark.parametrize(
    ("name", "given", "says", "can"),
    [("roll_back", {"service": "shop"}, "12 instances, about 3m to v2.3.0", True),
     ("roll_back", {"service": "shop", "schema": "down"}, "what was written there since is lost", True),
     ("roll_back", {"service": "shopp"}, "there is no service 'shopp'", False),
     ("roll_back", {}, "roll_back needs `service:`", False),
     ("migrate_down", {"migration": "0042_order_metadata"}, "what was written there since is lost", True),
     ("resolve", {}, "whether it is, is computed", True),
     ("page", {"person": "dba"}, "dba is paged", True)],
)  # fmt: skip
def test_a_preview_asks_the_world_and_changes_nothing(
    told: Story, name: str, given: dict[str, str], says: str, can: bool
) -> None:
    """What would happen, what would be refused and why, what would be lost."""
    before = len(told.session.journal.entries)
    rows, possible = preview(told.session.engine.world, name, given)
    assert says in "\n".join(one.text for one in rows)
    assert possible is can
    assert len(told.session.journal.entries) == before


@pytest.mark.parametrize(
    ("width", "lines"),
    [(40, ["12:00 a few words that go on"]), (16, ["12:00 a few", "  words that go", "  on"]),
     (10, ["12:00 a", "  few", "  words", "  that go", "  on"])],
)  # fmt: skip
def test_words_are_kept_whole_where_they_fit(width: int, lines: list[str]) -> None:
    """What goes on is set in; nothing is wider than the room there is."""
    assert [one.text for one in wrapped([row(("12:00 ", "dim"), "a few words that go on")], width)] == lines


def test_a_word_without_end_is_broken() -> None:
    """However long it is, every character of it is somewhere."""
    rows = wrapped([row("x" * 101)], 20)
    assert all(len(one.text) <= 20 for one in rows)
    assert sum(one.text.count("x") for one in rows) == 101


def test_a_diff_says_by_its_signs_what_its_tones_say() -> None:
    """Added, gone, hunk and heading."""
    tones = [one.spans[0][1] for one in diff_rows("--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same")]
    assert tones == ["strong", "strong", "head", "gone", "added", ""]


@pytest.mark.parametrize(
    ("text", "rows"),
    [("a | b\n1 | two\n(1 rows)", ["a  b", "1  two", "(1 rows)"]),
     ("a\n(0 rows)", ["a", "(0 rows)"]),
     ("a | b\nx | y | z\n(1 rows)", ["a | b", "x | y | z", "(1 rows)"]),
     ("refused: no", ["refused: no"])],
)  # fmt: skip
def test_an_answer_stands_in_columns_where_that_is_safe(text: str, rows: list[str]) -> None:
    """A cell that holds the bar between cells cannot be told apart, and stays as the replica wrote it."""
    assert [one.text for one in table_rows(text)] == rows


def test_a_schema_is_a_tree_of_tables() -> None:
    """Tables once, their columns below."""
    text = "t | c | k\norders | id | bigint\norders | note | text\nusers | id | bigint\n(3 rows)"
    assert [one.text for one in schema_rows(text)] == ["orders", "  id bigint", "  note text", "users", "  id bigint"]


def test_aims_go_round() -> None:
    """All endpoints, each of them, all again; and the past has two ends."""
    aim = Aim()
    seen = []
    for _ in range(3):
        aim = aimed(aim, ("a", "b"))
        seen.append(aim.scope)
    assert seen == ["a", "b", None]
    assert zoomed(Aim(span_ms=600_000), -1).span_ms == 600_000
    assert zoomed(Aim(span_ms=6_000_000), 1).span_ms == 6_000_000
