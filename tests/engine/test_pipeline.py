"""Pipelines: a release goes from stage to stage, and people hold, skip, retry, fork and promote."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.facts import MessageArrived, RolloutEnded, StageEnded, StageHeld, StageScheduled
from sim.session import Session
from tests.worlds import Story, edited, story

ORDERS = "POST /orders"
ROLLOUT = "    rollout: {each: 15s, at_once: 1}\n"
STAGES = """    pipeline:
      build: {takes: 3m}
      migrate: {}
      smoke: {takes: 30s}
      deploy: {}
      contract: {migration: 0043_drop_status, after: 20m}
      tell: {by_hand: true}
"""
CONTRACT = """    0043_drop_status:
      up: ALTER TABLE customers DROP COLUMN email
      phase: after
  backups"""
DEPLOY_AT_5M = "  - {at: 5m, deploy: v2.4.0, service: shop}\n"


@contextmanager
def staged(tmp_path: Path, *changes: tuple[str, str], stages: str = STAGES) -> Iterator[Story]:
    """not-null-column behind a pipeline; what is said of it may be changed."""
    folder = edited(tmp_path, "not-null-column", (ROLLOUT, ROLLOUT + stages), ("  backups", CONTRACT), *changes)
    with story(folder) as now:
        yield now


def stages(now: Story) -> dict[str, str]:
    """The state of each stage of the shop's pipeline."""
    return dict(now.session.engine.world.pipelines["shop"].stages)


def test_a_release_goes_from_stage_to_stage(tmp_path: Path) -> None:
    """Three minutes of build, the migration, half a minute of smoke, three of instances, and then it waits."""
    with staged(tmp_path) as now:
        now.at("7m59s")
        assert stages(now)["build"] == "running"
        assert now.session.engine.world.migrations.get("0042_order_metadata") is None
        now.at("8m10s")
        assert stages(now) == {
            "build": "passed", "migrate": "passed", "smoke": "running", "deploy": "pending", "contract": "pending",
            "tell": "pending",
        }  # fmt: skip
        now.at("12m")
        assert stages(now)["contract"] == "scheduled"
        (scheduled,) = now.facts(StageScheduled)
        now.at("35m")
        assert now.session.engine.world.migrations["0043_drop_status"] == "applied"
        assert [held.stage for held in now.facts(StageHeld)] == ["tell"]
        assert now.facts(RolloutEnded) == []
        now.at("36m", "promote", service="shop")
        assert len(now.facts(RolloutEnded)) == 1
        assert scheduled.at_ms == pytest.approx(31.5 * 60_000, abs=5_000)


def test_a_scheduled_stage_can_be_held_and_let_go(tmp_path: Path) -> None:
    """Nothing is dropped while it is held; promoted, it begins at once."""
    with staged(tmp_path) as now:
        now.at("15m", "hold_stage", service="shop", stage="contract")
        now.at("50m")
        assert "0043_drop_status" not in now.session.engine.world.migrations
        (refused,) = now.at("50m", "hold_stage", service="shop", stage="contract")
        assert "held already" in refused.why
        now.at("51m", "promote", service="shop")
        now.at("51m5s")
        assert now.session.engine.world.migrations["0043_drop_status"] == "applied"


def test_a_stage_can_be_left_out_before_its_turn(tmp_path: Path) -> None:
    """What is skipped never runs, and the rest goes on without waiting for it."""
    with staged(tmp_path) as now:
        now.at("15m", "skip_stage", service="shop", stage="contract")
        now.at("15m5s")
        assert stages(now)["contract"] == "skipped"
        assert stages(now)["tell"] == "held"
        assert "0043_drop_status" not in now.session.engine.world.migrations


def test_skipping_the_migration_lets_code_meet_a_schema_it_does_not_know(tmp_path: Path) -> None:
    """42703 for every order that gets as far as the database: nobody wrote that down anywhere."""
    with staged(tmp_path) as now:
        now.at("6m", "skip_stage", service="shop", stage="migrate")
        tally = now.tally(ORDERS, "13m", "20m")
        assert tally.share == 1.0
        assert tally.errors["42703"] >= 0.8 * tally.failed


def test_a_stage_that_fails_stops_the_pipeline_there_and_is_tried_again(tmp_path: Path) -> None:
    """A lock time-out stops the migrate stage; when the lock is gone a retry carries the release through."""
    patient = ("down: ALTER TABLE orders DROP COLUMN order_metadata;",
               "down: ALTER TABLE orders DROP COLUMN order_metadata;\n      lock_timeout: 3s")  # fmt: skip
    busy = ("{choice: {0m: 0.7, 35m: 0.15, 60m: 0.15}}", "{choice: [5m]}"), ("from: 10m, for", "from: 6m, for")
    with staged(tmp_path, patient, *busy) as now:
        now.at("9m")
        assert stages(now)["migrate"] == "failed"
        assert "job exited 1" in now.session.look("pipeline")
        assert "55P03" not in now.session.look("pipeline")
        assert "55P03" in now.session.look("migration_log")
        assert now.failing(ORDERS, "5m", "8m") <= 0.002
        now.at("12m", "retry_stage", service="shop")
        now.at("20m")
        assert stages(now)["deploy"] == "passed"
        assert len([one for one in now.facts(StageEnded) if isinstance(one, StageEnded) and one.stage == "build"]) == 1


def test_a_pipeline_may_try_a_stage_again_by_itself(tmp_path: Path) -> None:
    """Two minutes later the lock is gone."""
    patient = ("down: ALTER TABLE orders DROP COLUMN order_metadata;",
               "down: ALTER TABLE orders DROP COLUMN order_metadata;\n      lock_timeout: 3s")  # fmt: skip
    busy = ("{choice: {0m: 0.7, 35m: 0.15, 60m: 0.15}}", "{choice: [3m]}"), ("from: 10m, for", "from: 6m, for")
    again = ("migrate: {}", "migrate: {retry: {times: 1, after: 2m}}")
    with staged(tmp_path, patient, *busy, stages=STAGES.replace(*again)) as now:
        now.at("16m")
        assert [one.ok for one in now.facts(StageEnded) if isinstance(one, StageEnded) and one.stage == "migrate"] == [
            False,
            True,
        ]
        assert stages(now)["deploy"] == "passed"


def test_a_forked_pipeline_leaves_stages_out(tmp_path: Path) -> None:
    """Without its migrate stage the release is out and the schema is as it was."""
    with staged(tmp_path, (DEPLOY_AT_5M, "")) as now:
        (refused,) = now.at("5m", "fork_pipeline", service="shop", release="v2.4.0", without=["magic"])
        assert "magic" in refused.why
        assert now.at("5m", "fork_pipeline", service="shop", release="v2.4.0", without=["migrate", "contract"]) == ()
        now.at("15m")
        assert stages(now)["migrate"] == "left out"
        assert now.session.engine.world.migrations == {}
        assert now.session.engine.world.serving["shop"].release


def test_a_roll_back_goes_past_builds_and_gates(tmp_path: Path) -> None:
    """Instances are replaced at once, and the contract is not among its stages."""
    with staged(tmp_path) as now:
        (refused,) = now.at("15m", "roll_back", service="shop")
        assert "cancel" in refused.hint
        now.at("15m", "cancel", service="shop")
        assert stages(now)["contract"] == "stopped"
        assert now.at("15m1s", "roll_back", service="shop") == ()
        now.at("20m")
        assert stages(now) == {"migrate": "passed", "deploy": "passed"}
        assert "0043_drop_status" not in now.session.engine.world.migrations


def test_what_was_built_once_is_not_built_again(tmp_path: Path) -> None:
    """The second time the same set goes through, the build stage is over at once."""
    with staged(tmp_path, stages="    pipeline: {build: {takes: 3m}, migrate: {}, deploy: {}}\n") as now:
        now.at("15m", "roll_back", service="shop", to="v2.3.0")
        now.at("25m", "deploy", service="shop", release="v2.4.0")
        now.at("25m1s")
        assert stages(now)["build"] == "passed"
        now.at("35m", "deploy", service="shop", base="v2.4.0", drop=["PR-901"])
        now.at("37m59s")
        assert stages(now)["build"] == "running"


def test_the_usual_pipeline_has_three_stages() -> None:
    """Where a scenario says nothing: migrations before, instances, migrations after; and they can be talked about."""
    with story("not-null-column") as now:
        (refused,) = now.at("4m", "retry_stage", service="shop")
        assert "nothing has gone through" in refused.why
        now.at("10m")
        assert stages(now) == {"migrate": "passed", "deploy": "passed", "migrate_after": "passed"}
        (refused,) = now.at("10m", "retry_stage", service="shop")
        assert "to its end" in refused.why
        (refused,) = now.at("10m", "promote", service="shop")
        assert "no stage" in refused.why
        (refused,) = now.at("10m", "skip_stage", service="shop", stage="deploy")
        assert "already" in refused.why


HALF = (
    """      up: |
        ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}';
        ALTER TABLE orders ALTER COLUMN order_metadata DROP DEFAULT;
""",
    """      up: |
        ALTER TABLE orders ADD COLUMN order_metadata jsonb NOT NULL DEFAULT '{}';
        UPDATE orders SET order_metadata = '{}' WHERE source IS NULL;
      transaction: false
      tool: TOOL
""",
)


@pytest.mark.parametrize(("tool", "second"), [("naive", "42701"), ("dirty_flag", None)])
def test_what_stopped_half_way_stops_earlier_the_next_time(tmp_path: Path, tool: str, second: str | None) -> None:
    """A naive tool begins again and meets its own column; one with a flag runs nothing until the version is marked."""
    with staged(tmp_path, (HALF[0], HALF[1].replace("TOOL", tool))) as now:
        now.at("9m")
        assert [code for _, code in now.answers()] == [None, "42703"]
        assert now.at("9m", "retry_stage", service="shop") == ()
        now.at("10m")
        assert stages(now)["migrate"] == "failed"
        assert [code for _, code in now.answers()][2:] == ([second] if second else [])
        if tool == "dirty_flag":
            assert "dirty" in now.session.look("migration_log")
            (refused,) = now.at("10m", "migrate_up", migration="0042_order_metadata")
            assert "dirty" in refused.why
        now.at("11m", "mark_migration", migration="0042_order_metadata", state="applied")
        now.at("11m", "retry_stage", service="shop")
        now.at("16m")
        assert stages(now)["deploy"] == "passed"
        assert now.failing(ORDERS, "17m", "20m") == pytest.approx(0.15, abs=0.02)


def test_who_is_paged_brings_what_they_know(tmp_path: Path) -> None:
    """The answer carries it, and who knows nothing asks."""
    knows = ("role: database administrator}", "role: database administrator, knows: The report holds orders.}")
    with staged(tmp_path, knows) as now:
        now.at("6m", "page", person="dba")
        now.at("6m", "page", person="dev")
        now.at("14m")
        said = {(one.sender, one.text) for one in now.facts(MessageArrived) if isinstance(one, MessageArrived)}
        assert ("dba", "The report holds orders.") in said
        assert ("dev", "I am here. What do you need?") in said


DRIFT = """  preproduction: {drift: "ALTER TABLE orders ADD COLUMN source text", rows: 1000, about: refreshed in May}
  backups"""


def test_a_dry_run_says_what_postgresql_says_there_and_changes_nothing(tmp_path: Path) -> None:
    """Staging has a column of its own: what passes there is refused on production's schema, and nothing stays."""
    backfill = "UPDATE orders SET status = 'paid' WHERE source IS NULL"
    with staged(tmp_path, ("  backups", DRIFT)) as now:
        before = now.session.engine.lineage
        there = _answer(now.session, sql=backfill)
        here = _answer(now.session, sql=backfill, where="production_schema")
        assert "ok" in there
        assert "42703" not in there
        assert 'ERROR 42703: column "source" does not exist' in here
        again = _answer(now.session, migration="0042_order_metadata")
        assert again == _answer(now.session, migration="0042_order_metadata")
        assert "refused" in _answer(now.session, sql=backfill, where="moon")
        assert now.session.engine.lineage == before
        assert now.answers() == []
        tested = now.session.look("tests")
        assert "0042_order_metadata: passed" in tested
        assert "refreshed in May" in tested


def _answer(session: Session, **arguments: str) -> str:
    from sim.actions.dry_run import DryRun
    from sim.errors import RehearsalError
    from sim.probes.catalogue import read_probe

    try:
        return read_probe(session.engine, DryRun(**arguments))
    except RehearsalError as refusal:
        return f"refused: {refusal}"


TAGS = ("story:\n", "tags: {latest: v2.3.0}\nstory:\n  - {at: 30m, tag: {latest: v2.4.0}}\n")


@pytest.mark.parametrize(("when", "served"), [("20m", "v2.3.0"), ("31m", "v2.4.0")])
def test_a_tag_means_what_it_means_at_that_moment(tmp_path: Path, when: str, served: str) -> None:
    """Rolling back to `latest` is one thing before somebody pushes, and another after."""
    with staged(tmp_path, TAGS, stages="") as now:
        assert now.at(when, "roll_back", service="shop", to="latest") == ()
        now.at("50m")
        assert f"12× {served} in shop" in now.session.look("deploys")
        assert ("moved" in now.session.look("tags")) is True


GATE = """    pipeline: {smoke: {}, deploy: {}}
    smoke: {health: {endpoint: "GET /customers/{id}"}}
"""


def test_the_gate_lets_through_what_its_checks_do_not_ask(tmp_path: Path) -> None:
    """Behind a check of something else the bad release goes out; one that asks for orders stops it."""
    with staged(tmp_path, stages=GATE) as now:
        now.at("15m")
        assert stages(now) == {"smoke": "passed", "deploy": "passed"}
        now.at("15m", "roll_back", service="shop", to="v2.3.0")
        (refused,) = now.at("20m", "add_smoke_check", service="shop", check="order", endpoint="POST /nothing")
        assert "POST /nothing" in refused.why
        now.at("20m", "add_smoke_check", service="shop", check="order", endpoint=ORDERS)
        now.at("21m", "deploy", service="shop", release="v2.4.0")
        now.at("22m")
        assert stages(now) == {"smoke": "failed", "deploy": "pending"}
        assert "smoke check order: FAILED" in now.session.look("pipeline")
        assert now.failing(ORDERS, "22m", "30m") <= 0.002


def test_a_check_may_ask_which_version_answers(tmp_path: Path) -> None:
    """A tag that still means the old image passes every check but the one that asks what it is."""
    with staged(tmp_path, TAGS, (DEPLOY_AT_5M, ""), stages=GATE) as now:
        now.at("5m", "deploy", service="shop", release="latest")
        now.at("6m")
        assert stages(now)["smoke"] == "passed"
        now.at(
            "7m",
            "add_smoke_check",
            service="shop",
            check="version",
            endpoint="GET /customers/{id}",
            version="candidate",
        )
        now.at("20m", "deploy", service="shop", release="latest")
        now.at("21m")
        assert stages(now)["smoke"] == "failed"


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        ("serves: {shop: {release: v2.4.0}}", "timed_out"),
        ("serves: {shop: {release: v2.3.0}}", "resolved"),
        ("serves: {shop: {release: v2.3.0, once: [v2.4.0]}}", "timed_out"),
        ("blocked: [v2.4.0]", "resolved"),
        ("passed: [v2.4.0]", "timed_out"),
        ("blocked: [v2.4.0], passed: [v2.3.0]", "timed_out"),
    ],
)
def test_done_may_ask_what_is_out_and_what_the_gate_said(tmp_path: Path, done: str, outcome: str) -> None:
    """A release that the gate stopped is not out, however healthy everything is."""
    gate = GATE.replace('health: {endpoint: "GET /customers/{id}"}', f"order: {{endpoint: {ORDERS}}}")
    asked = (
        "done:\n  healthy: {endpoints: all, below: 0.01}\n",
        f"done:\n  healthy: {{endpoints: all, below: 0.01}}\n  {done.replace(', passed', chr(10) + '  passed')}\n",
    )
    with staged(tmp_path, asked, stages=gate) as now:
        now.at("30m", "resolve")
        now.at("60m")
        if now.session.engine.world.outcome is None:
            now.at("100m")
        assert now.session.finish().outcome == outcome
