"""What can be read besides the probes: the source, diffs, sessions and locks, kept queries, a linter."""

import shutil
from collections.abc import Iterator

import pytest

from sim.catalogue import make
from sim.clock import millis
from sim.facts import Watched
from tests.worlds import Story, story

BUSY, QUIET = 2, 7
ALTER = "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"


def read(now: Story, action: str, **arguments: object) -> str:
    return now.session.read(make(action, arguments))


@pytest.fixture(scope="module")
def calm() -> Iterator[Story]:
    with story("not-null-column", QUIET) as now:
        now.at("8m")
        yield now


@pytest.fixture(scope="module")
def queued() -> Iterator[Story]:
    """Finance's report holds orders, an ALTER waits behind it, and the shop behind both."""
    with story("not-null-column", BUSY) as now:
        now.at("12m", "run_sql", sql=ALTER)
        now.at("13m")
        yield now


@pytest.mark.parametrize(
    ("pattern", "finds"),
    [
        ("utmSource()", True),
        (r"\(utm\)Source", True),
        ("(utm)Source", False),
        ("[Uu]tmS[a-z]*e", True),
        (r"\.utmSource(", True),
        (r"insertOrder\|insert_order\|INSERT INTO orders", True),
        ("^package shop", True),
        ("nowhere to be found", False),
    ],
)
def test_grep_reads_the_source_as_grep_does(calm: Story, pattern: str, finds: bool) -> None:
    """A bare parenthesis is itself, an escaped one groups."""
    assert (read(calm, "grep", pattern=pattern) != "no line matches") is finds


def test_grep_says_where(calm: Story) -> None:
    """Path, line and text; a path narrows the search."""
    found = read(calm, "grep", pattern="class ", path="src/main/java/shop/mobile")
    assert found.startswith("src/main/java/shop/mobile/AppOrderController.java:")
    assert "web/" not in found


@pytest.mark.parametrize("pattern", ["", "x" * 301, r"\(", r"\(a*\)*b" + r"\{1000\}"])
def test_a_pattern_that_cannot_be_read_is_refused(calm: Story, pattern: str) -> None:
    """It neither raises nor takes long: the matcher is linear."""
    assert read(calm, "grep", pattern=pattern).startswith(("refused: ", "no line"))


def test_a_diff_is_that_of_a_change_or_of_all_between_two_releases(calm: Story) -> None:
    """The changelog names them."""
    assert "+" in read(calm, "diff", change="PR-905")
    both = read(calm, "diff", release="v2.4.0", base="v2.3.0")
    assert all(name in both for name in ("PR-901", "PR-903", "PR-905"))
    assert "did you mean 'PR-905'" in read(calm, "diff", change="PR-95")
    assert read(calm, "diff").startswith("refused: say which")


def test_a_linter_is_asked_where_it_is_installed_and_missed_where_it_is_not(calm: Story) -> None:
    """Its findings are no part of the run: the same play is verified on a machine without it."""
    said = read(calm, "lint", migration="0042_order_metadata")
    assert ("squawk is not installed" in said) is (shutil.which("squawk") is None)
    last = calm.session.journal.entries[-1].fact
    assert getattr(last, "saw", None) == ""


def test_the_database_says_who_waits_behind_whom(queued: Story) -> None:
    """The report holds, the ALTER waits for it, and the shop's orders wait behind the ALTER."""
    said = read(
        queued, "query",
        sql="SELECT w.application_name, b.application_name FROM pg_stat_activity w JOIN pg_stat_activity b "
        "ON b.pid = ANY(pg_blocking_pids(w.pid)) ORDER BY 1, 2",
    )  # fmt: skip
    waits = [tuple(line.split(" | ")) for line in said.splitlines()[1:-1]]
    assert ("console 2", "finance-report") in waits
    assert ("shop: POST /orders", "console 2") in waits


def test_the_database_says_what_is_idle_in_a_transaction_and_since_when(queued: Story) -> None:
    """The usual question of somebody who looks for what is in the way."""
    said = read(
        queued, "query",
        sql="SELECT application_name, now() - xact_start AS age FROM pg_stat_activity "
        "WHERE state = 'idle in transaction'",
    )  # fmt: skip
    assert "finance-report | 00:03:00" in said


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT 1 FROM pg_locks WHERE relation = 'orders'::regclass AND mode = 'AccessExclusiveLock'", 1),
        ("SELECT relation::regclass, mode FROM pg_catalog.pg_locks WHERE granted", 1),
        ("SELECT 1 FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) = 0", 1),
        ("SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 4),
    ],
)  # fmt: skip
def test_locks_and_blockers_can_be_asked_for_in_the_ways_people_ask(queued: Story, sql: str, rows: int) -> None:
    """As on a real server."""
    assert f"({rows} rows" in read(queued, "query", sql=sql)


def test_a_kept_query_is_asked_once_a_minute_and_charted() -> None:
    """From now on, whoever looks; and the digest does not know of it."""
    with story("not-null-column", QUIET) as now, story("not-null-column", QUIET) as unwatched:
        now.at("8m", "watch", called="orders", sql="SELECT count(*) FROM orders")
        now.at("8m30s", "watch", called="typo", sql="SELECT count(*) FROM ordesr")
        now.at("20m30s")
        values = [fact for fact in now.facts(Watched) if isinstance(fact, Watched) and fact.called == "orders"]
        assert len(values) == 13
        counts = [int(value.value) for value in values]
        assert counts == sorted(counts)
        assert counts[0] > 400_000
        chart = now.session.look("watches")
        assert "▁" in chart
        assert "█" in chart
        assert "ordesr" in chart
        unwatched.session.advance(millis("20m30s"))
        assert now.session.finish().digest == unwatched.session.finish().digest
