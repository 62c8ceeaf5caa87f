"""The same scenario, seed and play give the same digest: in one go, observed, second by second, and on any machine."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.catalogue import make
from sim.clock import MINUTE, SECOND
from sim.scenario.load import find
from sim.session import Session
from tests.worlds import story

CHOICES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("roll_back", {"service": "shop"}),
    ("deploy", {"service": "shop", "release": "v2.4.0"}),
    ("deploy", {"service": "shop", "base": "v2.4.0", "drop": ["PR-905"]}),
    ("deploy", {"service": "shop", "base": "v2.3.0", "add": ["PR-901"]}),
    ("cancel", {"service": "shop"}),
    ("run_sql", {"sql": "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"}),
    ("run_sql", {"sql": "ALTER TABLE orders ALTER COLUMN order_metadata DROP NOT NULL"}),
    ("migrate_down", {"migration": "0042_order_metadata"}),
    ("migrate_up", {"migration": "0042_order_metadata"}),
    ("order", {"fix": "tolerate-missing-utm"}),
    ("cancel_statement", {"session": "console 2"}),
    ("end_session", {"session": "finance-report"}),
    ("declare", {"severity": "SEV1"}),
    ("resolve", {}),
)
PLAYS = st.lists(st.tuples(st.integers(0, 70 * 60), st.sampled_from(CHOICES)), max_size=6).map(
    lambda play: sorted(play, key=lambda step: step[0])
)


def digest(
    play: list[tuple[int, tuple[str, dict[str, Any]]]], seed: int, step_ms: int | None, look: bool = False
) -> str:
    """Carry a play out in steps of so many milliseconds, looking around at each."""
    with story("not-null-column", seed) as now:
        session = now.session
        for second, (name, arguments) in [*play, (80 * 60, ("declare", {"severity": "SEV4"}))]:
            while step_ms is not None and session.now_ms + step_ms < second * SECOND:
                session.advance(session.now_ms + step_ms)
                if look:
                    session.look("metrics")
            session.advance(second * SECOND)
            session.act(make(name, arguments))
        return session.finish().digest


@settings(max_examples=6)
@given(play=PLAYS, seed=st.integers(0, 9))
def test_however_it_is_observed_the_digest_is_the_same(
    play: list[tuple[int, tuple[str, dict[str, Any]]]], seed: int
) -> None:
    """In one go, looking each minute, and second by second."""
    batch = digest(play, seed, None)
    assert digest(play, seed, MINUTE, look=True) == batch
    assert digest(play, seed, SECOND) == batch


RUN = """
import sys
from sim.session import Session
from sim.scenario.load import find
from sim.play import read_play
folder = find("not-null-column")
with Session.open(folder, 7) as session:
    session.follow(read_play(folder / "plays" / "trap-drop-column.yaml"))
    print(session.finish().digest)
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2"},
        {"NPY_DISABLE_CPU_FEATURES": "AVX2 AVX512F AVX512_SKX FMA3 SSE42"},
    ],
    ids=["hash seed 1", "hash seed 2", "without SIMD"],
)
def test_neither_hashing_nor_the_processor_changes_a_digest(environment: dict[str, str]) -> None:
    """A fresh interpreter says what this one says, rows and losses included."""
    folder = find("not-null-column")
    with Session.open(folder, 7) as session:
        from sim.play import read_play

        session.follow(read_play(folder / "plays" / "trap-drop-column.yaml"))
        here = session.finish().digest
    there = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_looking_moves_the_seal_and_not_the_digest(tmp_path: Path) -> None:
    """Observations stand in the journal; they are no part of what became true."""
    results = []
    for look in (False, True):
        with Session.open(find("ungated-flag"), 7, tmp_path / f"{look}.jsonl") as session:
            session.advance(10 * MINUTE)
            if look:
                session.look("metrics")
            session.advance(session.limit_ms)
            results.append(session.finish())
    assert results[0].digest == results[1].digest
    assert results[0].seal != results[1].seal
    assert json.loads((tmp_path / "True.jsonl").read_text().splitlines()[-1])["seal"] == results[1].seal
