"""Whatever SQL a trainee types, by whichever action: no file is read, no setting changed, the run goes on unhurt."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.catalogue import make
from sim.engine.assembly import BOOK
from sim.facts import SchemaChanged
from sim.judge.book import Book
from sim.judge.judge import Judge
from sim.judge.server import Patience, Server
from sim.scenario.load import find
from sim.stage import Stage
from tests.tables.test_child import ATTACKS
from tests.worlds import Story, story

QUIET = 7
PATIENCE_S = 25.0
SECRET = "a line that stands in no other file"
ON_THE_PRIMARY = (
    "COPY orders TO PROGRAM 'touch {marker}'", "COPY orders TO '{marker}'", "COPY orders FROM '{secret}'",
    "SELECT pg_read_file('{secret}')", "SELECT lo_import('{secret}')", "CREATE EXTENSION dblink",
    "CREATE FUNCTION f() RETURNS int AS '{secret}', 'f' LANGUAGE C", "CREATE ROLE mallory SUPERUSER",
    "ALTER SYSTEM SET shared_buffers = '1GB'", "ALTER ROLE postgres PASSWORD 'x'", "SET statement_timeout = 0",
    "SET SESSION AUTHORIZATION judge", "SET ROLE judge", "RESET ALL",
    "SELECT set_config('temp_file_limit', '-1', false)",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity", "SELECT repeat('x', 1000000000)",
    "SELECT count(*) FROM generate_series(1, 10000000000)", "CREATE DATABASE other", "DROP DATABASE postgres",
    "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$",
    "LISTEN x", "VACUUM FULL orders; COMMIT; COMMIT", "BEGIN; SELECT 1", "ROLLBACK", "\\! id", "$",
    "';", "SELECT '\x00'",
)  # fmt: skip


def _orders(now: Story) -> str:
    return now.session.read(make("query", {"sql": "SELECT count(*) > 400000 FROM orders"}))


@pytest.mark.parametrize("attack", ATTACKS[::4], ids=lambda sql: repr(sql[:40]))
def test_a_question_to_the_replica_hurts_nobody(attacked: Story, attack: str) -> None:
    """It is answered or refused within its time, and the next honest one is answered as ever."""
    began = time.monotonic()
    said = attacked.session.read(make("query", {"sql": attack}))
    assert time.monotonic() - began < PATIENCE_S
    assert SECRET not in said
    assert "root:" not in said
    assert "t\n" in _orders(attacked)


@pytest.fixture(scope="module")
def attacked() -> Iterator[Story]:
    with story("not-null-column", QUIET) as now:
        now.at("8m")
        yield now


def test_questions_leave_no_trace_in_what_came_true() -> None:
    """Attacked or not, the run has the same digest."""
    with story("not-null-column", QUIET) as now, story("not-null-column", QUIET) as calm:
        now.at("8m")
        for attack in ATTACKS[:24]:
            now.session.read(make("query", {"sql": attack}))
        now.at("20m")
        calm.at("20m")
        assert now.session.finish().digest == calm.session.finish().digest


@pytest.fixture(scope="module")
def impatient() -> Iterator[Stage]:
    """A stage whose server gives a statement a second, so that what never ends is soon over, tried again and again."""
    folder, server = find("not-null-column"), Server(patience=Patience(statement_s=1.0))
    judge = Judge(Book(folder / BOOK), server)
    with Stage(folder, judge) as stage:
        yield stage
    judge.close()
    server.stop()


@pytest.mark.parametrize("attack", ON_THE_PRIMARY, ids=lambda sql: repr(sql[:40]))
def test_a_statement_on_the_primary_can_do_no_more_than_a_role_may(
    impatient: Stage, tmp_path: Path, attack: str
) -> None:
    """It is refused, or stopped, or not modelled; nothing outside the run is touched, and the shop goes on."""
    marker, secret = tmp_path / "marker", tmp_path / "secret"
    secret.write_text(SECRET)
    with impatient.session(QUIET) as session:
        now = Story(session)
        now.at("3m")
        began = time.monotonic()
        now.at("3m", "run_sql", sql=attack.format(marker=marker, secret=secret) if "{" in attack else attack)
        now.at("4m30s")
        assert time.monotonic() - began < PATIENCE_S
        assert not marker.exists()
        assert SECRET not in str(now.session.journal.entries)
        assert not now.facts(SchemaChanged)
        assert now.failing("POST /orders", "3m10s", "4m30s") < 0.01
        assert "t\n" in _orders(now)
