"""The incidents around the pipeline: each of their plays comes out as it says, and never resolved where it must not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.clock import MINUTE
from sim.engine.assembly import BOOK
from sim.expect import unmet
from sim.facts import StatementRan
from sim.judge.book import Book
from sim.judge.judge import Judge
from sim.play import read_play
from sim.result import Result
from sim.scenario.load import find, load
from sim.session import Session
from tests.worlds import story

NAMES = ("cherry-picked-migration", "smoke-gate", "known-bad-image", "blue-green-switch")
PLAYS = [file for name in NAMES for file in sorted((find(name) / "plays").glob("*.yaml"))]


@pytest.fixture(scope="module")
def judge() -> Iterator[dict[str, Judge]]:
    """One judge a scenario, on its own book."""
    judges = {name: Judge(Book(find(name) / BOOK)) for name in NAMES}
    yield judges
    for one in judges.values():
        one.close()


def played(file: Path, seed: int, judges: dict[str, Judge]) -> tuple[Result, list[str]]:
    """A play's result under a seed, and what it had expected otherwise."""
    folder, play = file.parent.parent, read_play(file)
    with Session(load(folder, seed), seed, judge=judges[folder.name]) as session:
        session.follow(play)
        result = session.finish()
        return result, unmet(play.expect, result) if play.expect else []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["smoke-gate", "known-bad-image"])
def test_other_mornings_end_alike(name: str, seed: int, judge: dict[str, Judge]) -> None:
    """Numbers differ with the seed, and the lesson does not."""
    for file in sorted((find(name) / "plays").glob("*.yaml")):
        result, _ = played(file, seed, judge)
        assert (result.outcome == "resolved") is file.stem.startswith(("expert", "alt-")), file.stem


def test_two_logs_tell_two_stories() -> None:
    """CI sees twice the same; the database said 55P03 first, and 42703 then; a third try stops earlier, at 42701."""
    with story("cherry-picked-migration") as now:
        now.at("38m")
        ci, database = now.session.look("pipeline"), now.session.look("migration_log")
        assert ci.count("job exited 1") == 2
        assert "42703" not in ci
        assert database.index("55P03") < database.index("42703")
        now.at("38m", "retry_stage", service="shop")
        now.at("50m")
        failed = [one.sqlstate for one in now.facts(StatementRan) if isinstance(one, StatementRan) and one.sqlstate]
        assert failed == ["55P03", "42703", "42701", "42701"]


@pytest.mark.parametrize(("seed", "held"), [(2, True), (7, False)])
def test_the_way_back_is_one_switch_until_the_contract_has_run(seed: int, held: bool) -> None:
    """Held in time, blue serves as it did; after the contract every account fails with 42703, until it is put back."""
    accounts = "GET /customers/{id}"
    with story("blue-green-switch", seed) as now:
        refused = now.at("8m", "hold_stage", service="shop", stage="contract")
        assert (refused == ()) is held
        now.at("8m", "scale", service="shop", pool="blue", instances=12)
        now.at("11m", "shift_traffic", **{"from": "green"}, to="blue")
        tally = now.tally(accounts, "12m", "40m")
        if held:
            assert tally.share <= 0.002
            return
        assert tally.errors["42703"] >= 0.99 * tally.total
        now.at("40m", "run_sql", sql="ALTER TABLE customers ADD COLUMN phone text")
        now.at("40m30s", "run_sql", sql="UPDATE customers SET phone = dialled WHERE phone IS NULL")
        assert now.failing(accounts, "43m", "50m") <= 0.002
        assert now.session.engine.rows.data().totals()["rows_lost"] == 0


@pytest.mark.parametrize("name", ["smoke-gate", "blue-green-switch"])
def test_looking_into_a_pipeline_changes_nothing(name: str, judge: dict[str, Judge]) -> None:
    """In one go, or with a look and a dry run each minute: one digest."""
    folder, digests = find(name), []
    play = read_play(folder / "plays" / "expert.yaml")
    for looks in (False, True):
        with Session(load(folder, 2), 2, judge=judge[name]) as session:
            for step in play.steps:
                while looks and session.now_ms + MINUTE < step.at_ms:
                    session.advance(session.now_ms + MINUTE)
                    session.look("pipeline")
                    session.look("tests")
                session.advance(step.at_ms)
                session.act(step.action)
            session.advance(session.limit_ms)
            digests.append(session.finish().digest)
    assert digests[0] == digests[1]
