"""The same seed and the same regimes give the same bits: on another day, another processor, another hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.traffic.values import Mix, Regime, Serving
from tests.traffic.worlds import Change, counted, flow, regime, serving

ROOT = Path(__file__).parents[2]
SIMD = "SSE3 SSSE3 SSE41 POPCNT SSE42 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
GOLDEN = "01c7738a063881db20c3b6c0413215086ea73c985aaab48fceaf853d18b01d75"


def incident() -> list[Change]:
    """Something of everything: a roll-out, two causes, harm, a slow database, a lock in the way."""
    broken = Mix(4000, (("23502", 600), ("NullPointerException", 40)), 100, ((300, 1000),))
    old, new = serving("v1", 12), serving("v2", 12, broken)

    def at(*servings: Serving, slowdown: float = 1.0, stalled: bool = False) -> Regime:
        orders = flow(*servings, endpoint="A", rps=60.0, background=0.01, stalled=stalled)
        return regime(orders, flow(*servings, endpoint="B", rps=300.0, median_ms=20), servers=24, slowdown=slowdown)

    return [
        (0, at(old)), (60, at(serving("v1", 8), serving("v2", 4, broken))), (90, at(new)), (150, at(new, slowdown=3.0)),
        (240, at(old)), (270, at(old, stalled=True)), (330, at(old)),
    ]  # fmt: skip


def digest() -> str:
    return counted(7, 400, incident()).digest(400)


def _elsewhere(**environment: str) -> str:
    command = "from tests.traffic.test_determinism import digest; print(digest())"
    ran = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    return ran.stdout.strip()


def test_the_counts_are_those_of_the_day_this_was_written() -> None:
    """A change of this digest is a change of every run there ever was: make it on purpose, and say so."""
    assert digest() == GOLDEN


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONHASHSEED": "1"}, id="a hash seed"),
        pytest.param({"PYTHONHASHSEED": "4242"}, id="another hash seed"),
        pytest.param({"NPY_DISABLE_CPU_FEATURES": SIMD}, id="no vector instructions"),
    ],
)
def test_the_surroundings_leave_no_trace(environment: dict[str, str]) -> None:
    """A fresh interpreter with other hashes, or without the processor's vector instructions, counts the same."""
    assert _elsewhere(**environment) == digest()


def test_seeds_differ() -> None:
    """A digest that is always the same would pass every other test here."""
    assert counted(8, 400, incident()).digest(400) != digest() != counted(7, 400, incident()).digest(399)
